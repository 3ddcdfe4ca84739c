import {createStore} from 'zustand/vanilla'
import type {ClientStore} from './client-store.ts'
import {makeConsistent} from './consistent.ts'
import {type ClientState, initialState} from './state.ts'

/** The store that keeps its state consistent after every change. */
export function createClientStore(options: {now: number; cols: number; rows: number}): ClientStore {
  const store = createStore<ClientState>(() => initialState(options))
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
    apply: update => store.setState(state => makeConsistent(state, update(state)), true),
  }
}
