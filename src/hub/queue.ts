import type {Clock} from '../base/clock.ts'
import type {TroubleError} from './trouble.ts'

/** Items of one insert: enough to be cheap, few enough that other writers wait only milliseconds. */
const BATCH = 500
/** Most items to keep while the hub cannot store. The oldest are dropped first, since they are only history. */
export const MAX_HELD = 10_000
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 5000

type AppendQueue<T> = {
  /** Never waits and never throws. */
  push(item: T): void
  /** Resolves when everything pushed so far is written; rejects if a try fails meanwhile. */
  flush(): Promise<void>
  readonly held: number
  /** Number of items dropped because too many were held. */
  readonly dropped: number
} & Disposable

/**
 * Writes items in order, one batch at a time, and retries a failed batch after growing pauses. `write` must accept the same
 * batch twice. `onTrouble` gets each failure, and null at the first success after one.
 */
export function createAppendQueue<T>(options: {
  write: (batch: readonly T[]) => Promise<void>
  clock: Clock
  onTrouble: (trouble: TroubleError | null) => void
}): AppendQueue<T> {
  const items: T[] = []
  let flushing: {resolve: () => void; reject: (trouble: TroubleError) => void; through: number}[] = []
  let taken = 0
  let written = 0
  let dropped = 0
  let retries = 0
  let busy = false
  let closed = false
  let timer: Disposable | undefined

  async function pump(): Promise<void> {
    if (busy || closed) return
    busy = true
    timer = undefined
    try {
      while (items.length > 0 && !closed) {
        const batch = items.slice(0, BATCH)
        const before = dropped
        await options.write(batch)
        // Items of this batch may have been dropped while it was written.
        const left = Math.max(0, batch.length - (dropped - before))
        items.splice(0, left)
        written += left
        if (retries > 0) options.onTrouble(null)
        retries = 0
        settle()
      }
    } catch (error) {
      fail(error as TroubleError)
    } finally {
      busy = false
    }
  }

  function fail(trouble: TroubleError): void {
    options.onTrouble(trouble)
    for (const {reject} of flushing) reject(trouble)
    flushing = []
    const pause = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries)
    retries++
    if (!closed) timer = options.clock.after(pause, () => void pump())
  }

  function settle(): void {
    flushing = flushing.filter(({through, resolve}) => {
      if (written + dropped < through) return true
      resolve()
      return false
    })
  }

  return {
    push(item) {
      if (closed) return
      items.push(item)
      taken++
      if (items.length > MAX_HELD) {
        items.shift()
        dropped++
      }
      // The next microtask also writes what the caller pushes right after this item.
      if (items.length === 1 && timer === undefined) queueMicrotask(() => void pump())
    },
    flush() {
      if (items.length === 0) return Promise.resolve()
      timer?.[Symbol.dispose]()
      timer = undefined
      const done = new Promise<void>((resolve, reject) => flushing.push({resolve, reject, through: taken}))
      void pump()
      return done
    },
    get held() {
      return items.length
    },
    get dropped() {
      return dropped
    },
    [Symbol.dispose]() {
      closed = true
      timer?.[Symbol.dispose]()
    },
  }
}
