import type {CommandContext} from '../commands/binding.ts'
import type {Dialog} from '../state/dialog.ts'
import {openDialog} from '../state/update.ts'

/**
 * Opens a dialog with typed text again whose request was refused, so that what was typed is not lost. One of its kind that
 * was opened meanwhile stays as it is.
 */
export function putBack({store}: Pick<CommandContext, 'store'>, dialog: Dialog): void {
  if (store.getState().ui.dialogs.every(({kind}) => kind !== dialog.kind)) store.apply(openDialog(dialog))
}
