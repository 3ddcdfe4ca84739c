import type {Clock} from '../../base/clock.ts'
import {ClambakeError, type ErrorData, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {ClientStore} from '../state/client-store.ts'
import type {Loaded} from '../state/dialog.ts'
import type {Toast} from '../state/types.ts'
import {operationEnded, operationStarted, toastAdded} from '../state/update.ts'
import type {DaemonLink} from './links.ts'

/** How long a message stays unless it is dismissed: long enough to read it, longer the more it matters. */
const TOAST_MS: Record<Toast['level'], number> = {info: 5000, warning: 12_000, error: 30_000}

/** What a toast says. */
export type Message = {level: Toast['level']; text: string; kept?: string | undefined; next?: string | undefined}

/** Calls of the daemon that a person waits for: shown while they run, with a message when they fail. */
export type Operations = Disposable & {
  /** Gives the result, or undefined after a failure that has been shown. `label` says what is being done. */
  ask<T>(label: string, call: (daemon: DaemonLink) => Promise<T>): Promise<T | undefined>
  /** Like `ask`, but the caller shows the outcome, failures too. */
  load<T>(call: (daemon: DaemonLink) => Promise<T>): Promise<Exclude<Loaded<T>, {state: 'loading'}>>
  notify(message: Message): void
  notifyError(error: ErrorData): void
  /** Resolves when no call is running. */
  idle(): Promise<void>
}

/** Runs the calls of commands: shows them as pending, and what fails as a message. */
export function createOperations(options: {
  store: ClientStore
  clock: Clock
  log: Log
  daemon: () => DaemonLink | null
}): Operations {
  const {store, clock, log, daemon} = options
  const running = new Set<Promise<unknown>>()
  let count = 0
  let disposed = false

  function track<T>(work: Promise<T>): Promise<T> {
    running.add(work)
    void work.finally(() => running.delete(work))
    return work
  }

  async function load<T>(call: (daemon: DaemonLink) => Promise<T>): Promise<Exclude<Loaded<T>, {state: 'loading'}>> {
    try {
      const link = daemon()
      if (link === null) throw awayError()
      return {state: 'ready', value: await call(link)}
    } catch (error) {
      // Calls that still run when the person leaves fail with their link, when there is no log to write to.
      if (!disposed) log.warn('the daemon refused', {error})
      return {state: 'failed', error: toErrorData(error)}
    }
  }

  function notify(message: Message): void {
    const {level, text, kept = null, next = null} = message
    store.apply(toastAdded({id: ++count, level, text, kept, next, until: clock.now() + TOAST_MS[level]}))
  }

  function notifyError({message, kept, next}: ErrorData): void {
    notify({level: 'error', text: message, kept, next})
  }

  async function ask<T>(label: string, call: (daemon: DaemonLink) => Promise<T>): Promise<T | undefined> {
    const id = ++count
    store.apply(operationStarted({id, label, since: clock.now()}))
    const outcome = await load(call)
    store.apply(operationEnded(id))
    if (outcome.state === 'ready') return outcome.value
    notifyError(outcome.error)
    return undefined
  }

  return {
    ask: (label, call) => track(ask(label, call)),
    load: call => track(load(call)),
    notify,
    notifyError,
    async idle() {
      while (running.size > 0) await Promise.allSettled(running)
    },
    [Symbol.dispose]() {
      disposed = true
    },
  }
}

function awayError(): ClambakeError {
  return new ClambakeError({
    code: 'daemon-away',
    message: 'the daemon does not answer',
    kept: 'agents keep running',
    next: 'wait; it is asked again every few seconds',
  })
}
