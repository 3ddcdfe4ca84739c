import type {KeyContext} from '../commands/bindings.ts'
import type {Dialog, Loaded} from '../state/dialog.ts'

/** What a dialog fetches, if it does. */
export function loadedOf(dialog: Dialog): Loaded<unknown> | null {
  switch (dialog.kind) {
    case 'land':
      return dialog.plan
    case 'orphans':
      return dialog.orphans
    case 'changes':
      return dialog.rows
    case 'detail':
      return dialog.detail
    case 'diff':
      return dialog.diff
    case 'stop':
      return dialog.work
    default:
      return null
  }
}

/** Which keys hold in a dialog. */
export function contextIn(dialog: Dialog): KeyContext {
  switch (dialog.kind) {
    case 'palette':
    case 'message':
    case 'peek':
      return 'text'
    case 'detail':
    case 'diff':
      return dialog.kind
    case 'changes':
      return 'changes'
    case 'orphans':
      return 'recover'
    case 'welcome':
      return 'welcome'
    case 'answer':
      return dialog.word === null ? 'answer' : 'text'
    default:
      return 'dialog'
  }
}
