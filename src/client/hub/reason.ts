import type {ClientState} from '../state/state.ts'

/** Why the hub cannot be used now; null: it can. */
export function hubReason({hub}: ClientState): string | null {
  switch (hub.link.is) {
    case 'here':
      return null
    case 'off':
      return 'a read-only screen opens no hub'
    case 'asking':
      return 'the hub has not answered yet'
    case 'away':
      return 'the hub does not answer'
  }
}
