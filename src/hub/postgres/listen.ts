import pg from 'pg'
import type {Clock} from '../../base/clock.ts'
import {clientOptions} from './database.ts'

const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5000

/**
 * Calls `onChange` when anybody changed a table of the hub, by the server's own notices on a connection of its own. It
 * connects again when that breaks, and calls once then, since notices may have been missed.
 */
export function listen(options: {url: string; clock: Clock; onChange: () => void}): AsyncDisposable {
  const {url, clock, onChange} = options
  let client: pg.Client | undefined
  let timer: Disposable | undefined
  let retries = 0
  let ended = false

  function connect(): void {
    timer = undefined
    const next = new pg.Client(clientOptions(url))
    client = next
    let broken = false
    const again = () => {
      if (broken || ended) return
      broken = true
      next.end().catch(() => {}) // It is broken: there is nothing to end.
      timer = clock.after(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries++), connect)
    }
    next.on('error', again)
    next.on('end', again)
    next.on('notification', onChange)
    next
      .connect()
      .then(() => next.query('listen clambake'))
      .then(() => {
        retries = 0
        onChange()
      }, again)
  }

  connect()
  return {
    async [Symbol.asyncDispose]() {
      ended = true
      timer?.[Symbol.dispose]()
      await client?.end().catch(() => {}) // It may never have connected.
    },
  }
}
