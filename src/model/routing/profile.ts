import type {State} from '../core/state.ts'

/** Why nothing is started: the program of the agents' profile is missing on this machine; null: it was not missed. */
export function heldByProfile({profileFault}: Pick<State, 'profileFault'>): string | null {
  return profileFault
}
