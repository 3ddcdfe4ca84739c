import type {CallMessage} from './calls.ts'

/** The database side of the hub: it executes one call after another, in their order. */
export type Engine = AsyncDisposable & {
  /** Gives the call's result. Throws TroubleError when the database cannot do it now. */
  run(call: CallMessage): Promise<unknown>
}
