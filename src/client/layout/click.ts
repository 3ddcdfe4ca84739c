import {repositoryAt} from '../fleet/repositories.ts'
import type {Update} from '../state/client-store.ts'
import type {ClientState} from '../state/state.ts'
import type {Rect} from '../state/types.ts'
import {focusPane, focusPanel, selectRow} from '../state/update.ts'
import {tabAt} from './tabs.ts'

type Cell = {row: number; col: number}

/** A click gives the place under it the focus; on a row of a list it selects that too. Dialogs take no clicks. */
export function clicked(at: Cell): Update {
  return state => {
    const {layout, agents, ui} = state
    if (isCovered(state, at)) return state
    if (layout.tabs && holds(layout.tabs, at)) {
      const tab = tabAt({agents, focus: ui.focus, cols: layout.cols}, at.col)
      if (!tab) return state
      return (tab.focus.place === 'panel' ? focusPanel(tab.focus.panel) : focusPane(tab.focus.pane, detached))(state)
    }
    const slot = layout.panes.find(({frame}) => holds(frame, at))
    // A click into the terminal that has the keyboard does not detach it.
    if (slot) {
      const isHere = ui.focus.place === 'pane' && ui.focus.pane === slot.pane
      return isHere ? state : focusPane(slot.pane, detached)(state)
    }
    const entry = layout.panels.find(({rect}) => holds(rect, at))
    if (!entry) return state
    const {panel, rect} = entry
    const focused = focusPanel(panel)(state)
    const isBorder = at.row === rect.row || at.row === rect.row + rect.height - 1
    return isBorder ? focused : selectRow(panel, ui.selection[panel].top + at.row - rect.row - 1)(focused)
  }
}

/** The repository whose tab was clicked, if one was: showing it is beyond the state of one repository. */
export function clickedRepository(state: ClientState, at: Cell): number | undefined {
  const {layout, fleet} = state
  if (!fleet || !layout.repositories || !holds(layout.repositories, at) || isCovered(state, at)) return undefined
  return repositoryAt(fleet, layout.cols, at.col)
}

function isCovered({layout, ui}: ClientState, at: Cell): boolean {
  return ui.dialogs.length > 0 || layout.overlays.some(rect => holds(rect, at))
}

const detached = {attached: false}

/** Whether a cell is in a rectangle. */
export function holds(rect: Rect, {row, col}: Cell): boolean {
  return row >= rect.row && row < rect.row + rect.height && col >= rect.col && col < rect.col + rect.width
}
