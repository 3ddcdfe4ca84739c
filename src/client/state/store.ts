import {createStore, type StoreApi} from 'zustand/vanilla'
import {makeConsistent} from './consistent.ts'
import {type ClientState, initialState} from './state.ts'
import type {Update} from './update.ts'

/** The state and the one way to change it. Listeners run after each change that really changed something. */
export type ClientStore = Pick<StoreApi<ClientState>, 'getState' | 'getInitialState' | 'subscribe'> & {
  /** Applies a pure update and makes the result consistent. */
  apply(update: Update): void
}

export function createClientStore(options: {now: number; cols: number; rows: number}): ClientStore {
  const store = createStore<ClientState>(() => initialState(options))
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    apply: update => store.setState(state => makeConsistent(state, update(state)), true),
  }
}
