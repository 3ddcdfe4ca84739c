import {LEAST_LISTS} from '../layout/layout.ts'
import type {ClientState} from '../state/state.ts'
import type {ClientStore} from '../state/store.ts'
import type {Arrangement} from '../state/types.ts'
import {arranged} from '../state/update.ts'
import type {CommandId} from './bindings.ts'

type ArrangeCommand = Extract<CommandId, `layout.${string}`>

/** Columns that one key press moves the edge between the lists and the agents. */
const STEP = 4
/** The keys that arrange the screen; what they did is remembered for the repository. */
export function createArranging({store}: {store: ClientStore}): Record<ArrangeCommand, () => void> {
  const change = (part: Partial<Arrangement>) => store.apply(arranged(part))
  return {
    'layout.narrower': () => change({lists: Math.max(LEAST_LISTS, listsWidth(store.getState()) - STEP)}),
    'layout.wider': () => change({lists: listsWidth(store.getState()) + STEP}),
    'layout.abreast': () => {
      const {ui, layout} = store.getState()
      change({abreast: nextAbreast(ui.arrangement.abreast, layout.panes.length)})
    },
  }
}

/** Why the screen cannot be arranged now; null when it can. */
export function arrangingReason({layout, ui}: ClientState): string | null {
  if (layout.kind !== 'wide') return 'lists and agents stand side by side from 100x30 on'
  return ui.zoom ? 'one place takes the whole screen' : null
}

/** The next number that puts the panes into another number of lines; null, as many as fit, after the last. */
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
