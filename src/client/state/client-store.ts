import type {StoreApi} from 'zustand/vanilla'
import type {ClientState} from './state.ts'

/** A pure change of the client's state; one that changes nothing gives the same reference back. */
export type Update = (state: ClientState) => ClientState

/** The state and the one way to change it. Listeners run after each change that really changed something. */
export type ClientStore = Pick<StoreApi<ClientState>, 'getState' | 'getInitialState' | 'subscribe'> & {
  /** Applies a pure update and makes the result consistent. */
  apply(update: Update): void
}
