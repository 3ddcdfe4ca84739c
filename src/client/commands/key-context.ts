import type {PaneId} from '../../model/data/ids.ts'
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

/** The pane whose program gets the keys; null: none does now. */
export function attachedPane(state: ClientState): PaneId | null {
  const {focus} = state.ui
  return contextOf(state) === 'attached' && focus.place === 'pane' ? focus.pane : null
}
