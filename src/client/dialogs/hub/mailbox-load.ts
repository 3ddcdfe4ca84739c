import type {CommandContext} from '../../commands/binding.ts'
import {indexOfMail} from '../../hub/threads.ts'
import type {ClientState} from '../../state/state.ts'
import {changeDialog} from '../../state/update.ts'
import type {DialogOf} from '../dialog-spec.ts'
import {rowsOf} from './mailbox-rows.ts'

type MailboxDialog = DialogOf<'mailbox'>

/** Messages that are asked for. */
const SHOWN = 100

/** Asks for the messages again; what is shown stays until they are there. */
export async function loadMailbox({store, operations}: Pick<CommandContext, 'store' | 'operations'>): Promise<void> {
  const mark = store.getState().hub.mailMark
  store.apply(changeDialog('mailbox', dialog => ({...dialog, mark})))
  const mail = await operations.load(daemon => daemon.call('mailbox', {limit: SHOWN}))
  store.apply(
    changeDialog('mailbox', dialog => ({...dialog, mail, selected: keptMail(dialog, mail, store.getState())})),
  )
}

/** Whether an open mailbox shows what was before the last change. */
export function isMailboxOld({ui, hub}: Pick<ClientState, 'ui' | 'hub'>): boolean {
  return ui.dialogs.some(dialog => dialog.kind === 'mailbox' && dialog.mark !== hub.mailMark)
}

function keptMail({selected}: MailboxDialog, mail: MailboxDialog['mail'], {now}: ClientState): number | null {
  const rows = rowsOf({mail}, now)
  return rows[indexOfMail(rows, selected)]?.mail.id ?? null
}
