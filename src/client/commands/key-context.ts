import {contextIn} from '../dialogs/dialogs.ts'
import type {ClientState} from '../state/state.ts'
import type {KeyContext} from './binding.ts'

/** The place that a key pressed now goes to. */
export function contextOf(state: ClientState): KeyContext {
  const {dialogs, filtering, focus} = state.ui
  const dialog = dialogs.at(-1)
  if (dialog) return contextIn(dialog)
  if (filtering) return 'text'
  if (focus.place === 'panel') return 'panel'
  return focus.attached ? 'attached' : 'pane'
}
