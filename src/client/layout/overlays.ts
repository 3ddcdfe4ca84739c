import type {DialogSpec, LiveRows} from '../dialogs/dialog-spec.ts'
import {dialogSpec} from '../dialogs/dialogs.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientState, UiState} from '../state/state.ts'
import type {Rect} from '../state/types.ts'
import type {OverlayWish} from './layout.ts'

/** Wide enough for a title, an agent and figures side by side, and for most steps of a plan. */
const DIALOG_WIDTH = 84

/** Lines of a dialog that are not content: border, empty line above; empty line below, keys, border. */
const DIALOG_FRAME = 5
/** Columns of a dialog that are not content: borders and two blanks on each side. */
const DIALOG_SIDES = 6

type Shown = Pick<UiState, 'dialogs' | 'size'>

/** The overlays on the panes: each dialog, the newest on top. */
export function overlaysOf({dialogs, size}: Shown, rows: LiveRows): OverlayWish[] {
  return dialogs.map(dialog => dialogWish(dialog, Math.min(DIALOG_WIDTH, size.cols), rows))
}

function dialogWish(dialog: Dialog, width: number, rows: LiveRows): OverlayWish {
  const {covers, height} = dialogSpec(dialog)
  if (covers) {
    const anchor = covers === 'panes' ? 'beside' : 'center'
    return {anchor, width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY}
  }
  return {anchor: 'center', width, height: heightOf(dialog, height, {width: width - DIALOG_SIDES, rows}) + DIALOG_FRAME}
}

function heightOf(
  dialog: Dialog,
  height: DialogSpec<Dialog>['height'],
  {width, rows}: {width: number; rows: LiveRows},
): number {
  if (height === 'screen') return Number.POSITIVE_INFINITY
  return typeof height === 'number' ? height : height(dialog, width, rows)
}

/** The rectangle of a dialog's content: within its border, two columns in. */
export function contentRect(rect: Rect): Rect {
  return {
    row: rect.row + 2,
    col: rect.col + 3,
    width: Math.max(0, rect.width - DIALOG_SIDES),
    height: Math.max(0, rect.height - DIALOG_FRAME),
  }
}

/** The rectangle of the pane's cells in the dialog that peeks at it: from the border to a blank and the line to type. */
export function peekRect(rect: Rect): Rect {
  const {col, width} = contentRect(rect)
  return {row: rect.row + 1, col, width, height: Math.max(0, rect.height - 6)}
}

/** The rectangle of the dialog on top; undefined when none is open. */
export function topDialogRect({ui, layout}: Pick<ClientState, 'ui' | 'layout'>): Rect | undefined {
  return layout.overlays[ui.dialogs.length - 1]
}
