import {parseDiff} from '../detail/diff.ts'
import {documentLines} from '../detail/document.ts'
import {answerLines} from '../dialogs/answer-lines.ts'
import {allNeeds} from '../fleet/needs-you.ts'
import {helpLines} from '../keys/help.ts'
import type {Keymap} from '../keys/keymap.ts'
import {paletteRows} from '../keys/palette.ts'
import {contentRect, topDialogRect} from '../layout/overlays.ts'
import {visibleRows} from '../panels/lists.ts'
import type {ViewManager} from '../panes/pane-views.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientState} from '../state/state.ts'
import type {ClientStore} from '../state/store.ts'
import {changeDialog, moveSelection} from '../state/update.ts'
import type {CommandId} from './bindings.ts'

type MoveCommand = Extract<CommandId, `move.${string}` | 'text.down' | 'text.up'>

/** The keys that move rows: in a list the selection, in a pane its scrollback, in a dialog its rows or its window. */
export function createMovement(context: {
  store: ClientStore
  views: ViewManager
  keymap: Keymap
}): Record<MoveCommand, () => void> {
  const {store, views, keymap} = context

  /** `step` is in rows, or in half pages of the place. */
  function move(step: {rows: number} | {halves: number}): void {
    const state = store.getState()
    const rows = 'rows' in step ? step.rows : step.halves * Math.max(1, Math.floor(heightOf(state) / 2))
    const dialog = state.ui.dialogs.at(-1)
    const {focus} = state.ui
    if (dialog) moveInDialog(state, dialog, rows)
    else if (focus.place === 'panel') store.apply(moveSelection(focus.panel, rows))
    else views.scroll(focus.pane, -rows)
  }

  function moveInDialog(state: ClientState, dialog: Dialog, rows: number): void {
    if (dialog.kind === 'help') {
      const last = helpLines(keymap).length - heightOf(state)
      store.apply(changeDialog('help', help => ({...help, top: clamp(help.top + rows, last)})))
    } else if (dialog.kind === 'orphans' && dialog.orphans.state === 'ready') {
      const last = dialog.orphans.value.length - 1
      store.apply(changeDialog('orphans', orphans => ({...orphans, index: clamp(orphans.index + rows, last)})))
    } else if (dialog.kind === 'changes' && dialog.rows.state === 'ready') {
      const last = dialog.rows.value.length - 1
      store.apply(changeDialog('changes', changes => ({...changes, index: clamp(changes.index + rows, last)})))
    } else if (dialog.kind === 'attention') {
      const last = allNeeds(state).length - 1
      store.apply(changeDialog('attention', list => ({...list, index: clamp(list.index + rows, last)})))
    } else if (dialog.kind === 'palette') {
      const last = paletteRows(keymap, state, dialog.text).length - 1
      store.apply(changeDialog('palette', palette => ({...palette, index: clamp(palette.index + rows, last)})))
    } else if (dialog.kind === 'detail' && dialog.detail.state === 'ready') {
      const {width, height} = contentRect(topDialogRect(state)!)
      const last = documentLines(dialog.detail.value, width).length - height
      store.apply(changeDialog('detail', detail => ({...detail, top: clamp(detail.top + rows, last)})))
    } else if (dialog.kind === 'answer') {
      const {width, height} = contentRect(topDialogRect(state)!)
      const last = answerLines(dialog, width).length - height
      store.apply(changeDialog('answer', answer => ({...answer, top: clamp(answer.top + rows, last)})))
    } else if (dialog.kind === 'diff' && dialog.diff.state === 'ready') {
      const last = parseDiff(dialog.diff.value).lines.length - 1
      store.apply(changeDialog('diff', diff => ({...diff, top: clamp(diff.top + rows, last)})))
    }
  }

  return {
    'move.down': () => move({rows: 1}),
    'move.up': () => move({rows: -1}),
    'move.half-down': () => move({halves: 1}),
    'move.half-up': () => move({halves: -1}),
    'move.first': () => move({rows: Number.NEGATIVE_INFINITY}),
    'move.last': () => move({rows: Number.POSITIVE_INFINITY}),
    'text.down': () => move({rows: 1}),
    'text.up': () => move({rows: -1}),
  }
}

/** Rows that the focused place shows at once. */
function heightOf(state: ClientState): number {
  const {dialogs, focus} = state.ui
  if (dialogs.length > 0) return contentRect(topDialogRect(state)!).height
  if (focus.place === 'pane') return state.layout.panes.find(slot => slot.pane === focus.pane)?.inner.height ?? 1
  const rect = state.layout.panels.find(entry => entry.panel === focus.panel)?.rect
  return rect ? visibleRows(focus.panel, rect) : 1
}

function clamp(value: number, last: number): number {
  return Math.max(0, Math.min(value, last))
}
