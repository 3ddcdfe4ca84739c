import {scrolledDialog} from '../dialogs/dialogs.ts'
import {contentRect, topDialogRect} from '../layout/overlays.ts'
import {visibleRows} from '../panels/lists.ts'
import type {Panel} from '../panels/panel.ts'
import {PANEL_ORDER, PANELS} from '../panels/panels.ts'
import type {ClientState} from '../state/state.ts'
import {focusBeside, focusNext, focusPanel, moveSelection, topDialogIs} from '../state/update.ts'
import type {CommandContext} from './binding.ts'
import {ANYWHERE, type Binding, DIALOGS} from './binding.ts'

const EVERYWHERE = [...ANYWHERE, ...DIALOGS] as const

/** Commands that move the focus and, within the focused place, the selection or the window. */
export const MOVES = [
  {
    command: 'focus.next',
    keys: ['tab'],
    help: 'go to the next place',
    group: 'move',
    where: ANYWHERE,
    run: ({store}) => store.apply(focusNext(1)),
  },
  {
    command: 'focus.previous',
    keys: ['shift+tab'],
    help: 'go to the previous place',
    group: 'move',
    where: ANYWHERE,
    run: ({store}) => store.apply(focusNext(-1)),
  },
  {
    command: 'focus.left',
    keys: ['h', 'left'],
    help: 'go to the place at the left',
    group: 'move',
    where: ANYWHERE,
    run: ({store}) => store.apply(focusBeside(-1)),
  },
  {
    command: 'focus.right',
    keys: ['l', 'right'],
    help: 'go to the place at the right',
    group: 'move',
    where: ANYWHERE,
    run: ({store}) => store.apply(focusBeside(1)),
  },
  ...PANEL_ORDER.map((panel, index) => toPanel(panel, index)),
  {
    command: 'move.down',
    keys: ['j', 'down'],
    help: 'one row down, or towards the live end of a pane',
    group: 'move',
    where: EVERYWHERE,
    run: context => move(context, {rows: 1}),
  },
  {
    command: 'move.up',
    keys: ['k', 'up'],
    help: 'one row up, or back in a pane',
    group: 'move',
    where: EVERYWHERE,
    run: context => move(context, {rows: -1}),
  },
  {
    command: 'move.half-down',
    keys: ['ctrl+d', 'pagedown'],
    help: 'half a page down',
    group: 'move',
    where: EVERYWHERE,
    run: context => move(context, {halves: 1}),
  },
  {
    command: 'move.half-up',
    keys: ['ctrl+u', 'pageup'],
    help: 'half a page up',
    group: 'move',
    where: EVERYWHERE,
    run: context => move(context, {halves: -1}),
  },
  {
    command: 'move.first',
    keys: ['g', 'home'],
    help: 'to the first row, or the oldest line of a pane',
    group: 'move',
    where: EVERYWHERE,
    run: context => move(context, {rows: Number.NEGATIVE_INFINITY}),
  },
  {
    command: 'move.last',
    keys: ['G', 'end'],
    help: 'to the last row, or the live end of a pane',
    group: 'move',
    where: EVERYWHERE,
    run: context => move(context, {rows: Number.POSITIVE_INFINITY}),
  },
] as const satisfies readonly Binding[]

/** The panels have the number keys in their order. */
function toPanel<P extends Panel>(panel: P, index: number): Binding & {command: `focus.${P}`} {
  return {
    command: `focus.${panel}`,
    keys: [String(index + 1)],
    help: `go to ${PANELS[panel].name}`,
    group: 'move',
    where: ANYWHERE,
    run: ({store}) => store.apply(focusPanel(panel)),
  }
}

/**
 * Moves by rows, or by half pages of the focused place: in a list the selection, in a pane its scrollback, in a dialog
 * its selection or its window.
 */
export function move({store, views, commands}: CommandContext, step: {rows: number} | {halves: number}): void {
  const state = store.getState()
  const rows = 'rows' in step ? step.rows : step.halves * Math.max(1, Math.floor(heightOf(state) / 2))
  const dialog = state.ui.dialogs.at(-1)
  const {focus} = state.ui
  if (dialog) {
    const content = contentRect(topDialogRect(state)!)
    store.apply(topDialogIs(scrolledDialog(dialog, rows, {state, commands, content})))
  } else if (focus.place === 'panel') store.apply(moveSelection(focus.panel, rows))
  else views.scroll(focus.pane, -rows)
}

/** Rows that the focused place shows at once. */
function heightOf(state: ClientState): number {
  const {dialogs, focus} = state.ui
  if (dialogs.length > 0) return contentRect(topDialogRect(state)!).height
  if (focus.place === 'pane') return state.layout.panes.find(slot => slot.pane === focus.pane)?.inner.height ?? 1
  const rect = state.layout.panels.find(entry => entry.panel === focus.panel)?.rect
  return rect ? visibleRows(focus.panel, rect) : 1
}
