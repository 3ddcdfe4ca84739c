import {LEAST_LISTS} from '../layout/layout.ts'
import type {ClientStore} from '../state/client-store.ts'
import type {ClientState} from '../state/state.ts'
import {arranged} from '../state/update.ts'

// The commands that arrange the screen; what they did is remembered for the repository.

/** Columns that one key press moves the edge between the lists and the agents. */
const STEP = 4

export function narrowLists(store: ClientStore): void {
  store.apply(arranged({lists: Math.max(LEAST_LISTS, listsWidth(store.getState()) - STEP)}))
}

export function widenLists(store: ClientStore): void {
  store.apply(arranged({lists: listsWidth(store.getState()) + STEP}))
}

export function moreAbreast(store: ClientStore): void {
  const {ui, layout} = store.getState()
  store.apply(arranged({abreast: nextAbreast(ui.arrangement.abreast, layout.panes.length)}))
}

/** Why the screen cannot be arranged now; null when it can. */
export function arrangingReason({layout, ui}: ClientState): string | null {
  if (layout.kind !== 'wide') return 'lists and agents are side by side from 100x30 on'
  return ui.zoom ? 'one place takes the whole screen' : null
}

/** The next number that puts the panes into another number of lines; after the last one null, as many as fit. */
function nextAbreast(abreast: number | null, panes: number): number | null {
  const lines = (columns: number) => Math.ceil(panes / columns)
  for (let next = (abreast ?? 0) + 1; next <= panes; next++) {
    if (abreast === null || lines(next) !== lines(abreast)) return next
  }
  return null
}

/** As it is drawn, so that a press has an effect at both ends too. */
function listsWidth({layout}: ClientState): number {
  return layout.panels[0]?.rect.width ?? 0
}
