import {cancelDialog, confirmDialog, editedDialog} from '../dialogs/dialogs.ts'
import {closeDialog, filterIs, topDialogIs} from '../state/update.ts'
import type {CommandContext} from './binding.ts'
import {type Binding, DIALOGS} from './binding.ts'
import {move} from './move.ts'

/** Commands of every dialog. */
export const IN_DIALOGS = [
  {
    command: 'dialog.confirm',
    keys: ['enter'],
    help: 'do what the dialog says',
    group: 'dialog',
    where: [
      ...(['dialog', 'land', 'train', 'recover', 'answer', 'welcome', 'comments', 'submit'] as const),
      ...(['mailbox', 'memory', 'text', 'letter'] as const),
    ],
    run: context => confirm(context),
  },
  {
    command: 'dialog.cancel',
    keys: ['escape', 'ctrl+c'],
    help: 'close the dialog and do nothing',
    group: 'dialog',
    where: [...DIALOGS, 'text', 'editor', 'letter'],
    run: context => cancel(context),
  },
  {
    command: 'dialog.close',
    keys: ['q'],
    help: 'close the dialog',
    group: 'dialog',
    where: DIALOGS,
    run: ({store}) => store.apply(closeDialog),
  },
] as const satisfies readonly Binding[]

/** Commands while text is typed. */
export const IN_TEXT = [
  {
    command: 'text.down',
    keys: ['down'],
    help: 'next found command, or one line down',
    group: 'dialog',
    where: ['text', 'editor'],
    run: context => move(context, {rows: 1}),
  },
  {
    command: 'text.up',
    keys: ['up'],
    help: 'previous found command, or one line up',
    group: 'dialog',
    where: ['text', 'editor'],
    run: context => move(context, {rows: -1}),
  },
  {
    command: 'text.erase',
    keys: ['backspace'],
    help: 'erase a character',
    group: 'dialog',
    where: ['text', 'editor', 'letter'],
    run: context => changeText(context, text => [...text].slice(0, -1).join('')),
  },
  {
    command: 'text.clear',
    keys: ['ctrl+u'],
    help: 'erase the line',
    group: 'dialog',
    where: ['text', 'editor', 'letter'],
    run: context => changeText(context, () => ''),
  },
] as const satisfies readonly Binding[]

/** In a dialog, does what it says. While a filter is typed, keeps the filter. */
function confirm(context: CommandContext): void {
  const {store} = context
  const {dialogs, filtering, filters} = store.getState().ui
  const dialog = dialogs.at(-1)
  if (dialog) confirmDialog(context, dialog)
  else if (filtering) store.apply(filterIs(filtering, {text: filters[filtering], editing: false}))
}

function cancel(context: CommandContext): void {
  const {store} = context
  const {dialogs, filtering} = store.getState().ui
  const dialog = dialogs.at(-1)
  if (dialog) cancelDialog(context, dialog)
  else if (filtering) store.apply(filterIs(filtering, {text: '', editing: false}))
}

/** Changes the text of the line that is open for typing: of the dialog on top, or of the filter. */
export function changeText({store}: Pick<CommandContext, 'store'>, change: (text: string) => string): void {
  const {dialogs, filtering, filters} = store.getState().ui
  const dialog = dialogs.at(-1)
  if (dialog) store.apply(topDialogIs(editedDialog(dialog, change)))
  else if (filtering) store.apply(filterIs(filtering, {text: change(filters[filtering]), editing: true}))
}
