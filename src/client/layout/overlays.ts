import {textWidth} from '../../base/text.ts'
import {answerLines} from '../dialogs/answer-lines.ts'
import {errorLines, landLines, stopLines, toastLines, welcomeLines} from '../dialogs/lines.ts'
import type {Dialog, Loaded} from '../state/dialog.ts'
import type {ClientState, Toast, UiState} from '../state/state.ts'
import type {Rect} from '../state/types.ts'
import type {OverlayWish} from './layout.ts'

/** Wide enough for a title, an agent and figures side by side, and for most steps of a plan. */
const DIALOG_WIDTH = 84
const TOAST_WIDTH = 64
/** Lines of a terminal that tell what its program wants. */
const PEEK_LINES = 12
/** Rows of what needs a person; fixed, so that the list does not jump when one goes. */
const ATTENTION_LINES = 12

/** Lines of a dialog that are not content: border, empty line above; empty line below, keys, border. */
const DIALOG_FRAME = 5
/** Columns of a dialog that are not content: borders and two blanks on each side. */
const DIALOG_SIDES = 6

type Shown = Pick<UiState, 'dialogs' | 'toasts' | 'size'>

/** What lies over the panes: each dialog, the newest above the others, then the toasts, if there are any. */
export function overlaysOf({dialogs, toasts, size}: Shown): OverlayWish[] {
  const width = Math.min(TOAST_WIDTH, size.cols)
  const shown: OverlayWish[] =
    toasts.length === 0 ? [] : [{anchor: 'bottom-right', width, height: 2 + toastsHeight(toasts, width)}]
  return [...dialogs.map(dialog => dialogWish(dialog, Math.min(DIALOG_WIDTH, size.cols))), ...shown]
}

function toastsHeight(toasts: readonly Toast[], width: number): number {
  return toasts.reduce((sum, toast) => sum + toastLines(toast, width - 2).length, 0)
}

function dialogWish(dialog: Dialog, width: number): OverlayWish {
  const whole = {width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY}
  switch (dialog.kind) {
    case 'detail':
      return {anchor: 'beside', ...whole}
    case 'diff':
      return {anchor: 'center', ...whole}
    default:
      return {anchor: 'center', width, height: contentHeight(dialog, width - DIALOG_SIDES) + DIALOG_FRAME}
  }
}

function contentHeight(dialog: Exclude<Dialog, {kind: 'detail' | 'diff'}>, width: number): number {
  switch (dialog.kind) {
    case 'help':
    case 'palette':
      return Number.POSITIVE_INFINITY // as high as the screen allows
    case 'attention':
      return ATTENTION_LINES
    case 'stop':
      return stopLines(dialog, width).length
    case 'answer':
      return answerLines(dialog, width).length + (dialog.word === null ? 0 : 2)
    case 'gone':
      return 2
    case 'message':
      return 1 + Math.floor(textWidth(dialog.text) / width)
    case 'peek':
      return PEEK_LINES + 1
    case 'welcome':
      return welcomeLines(dialog.checks, width).length
    case 'land':
      return loadedHeight(dialog.plan, width, plan => {
        const boards = plan.board.length
        return (boards === 0 ? 1 : boards + 1) + landLines(plan, width).length
      })
    case 'changes':
      return loadedHeight(dialog.rows, width, rows => (rows.length === 0 ? 1 : rows.length + 1))
    case 'orphans':
      return loadedHeight(dialog.orphans, width, orphans => (orphans.length === 0 ? 1 : orphans.length + 1))
  }
}

function loadedHeight<T>(loaded: Loaded<T>, width: number, heightOf: (value: T) => number): number {
  switch (loaded.state) {
    case 'ready':
      return heightOf(loaded.value)
    case 'loading':
      return 1
    case 'failed':
      return errorLines(loaded.error, width).length
  }
}

/** Where a dialog's content stands: within its border, two columns in. */
export function contentRect(rect: Rect): Rect {
  return {
    row: rect.row + 2,
    col: rect.col + 3,
    width: Math.max(0, rect.width - DIALOG_SIDES),
    height: Math.max(0, rect.height - DIALOG_FRAME),
  }
}

/** Where the pane's cells stand in the dialog that peeks at it: from the border to a blank and the line to type. */
export function peekRect(rect: Rect): Rect {
  const {col, width} = contentRect(rect)
  return {row: rect.row + 1, col, width, height: Math.max(0, rect.height - 6)}
}

/** Where the dialog on top stands; undefined when none is open. */
export function topDialogRect({ui, layout}: Pick<ClientState, 'ui' | 'layout'>): Rect | undefined {
  return layout.overlays[ui.dialogs.length - 1]
}
