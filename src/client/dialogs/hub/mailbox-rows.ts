import type {MailRow} from '../../../protocol/daemon.ts'
import {indexOfMail, type ThreadRow, threadRows} from '../../hub/threads.ts'
import type {ClientState} from '../../state/state.ts'
import type {DialogOf} from '../dialog-spec.ts'

type MailboxDialog = DialogOf<'mailbox'>

/** The list of an open mailbox; empty until its messages are there. */
export function rowsOf({mail}: Pick<MailboxDialog, 'mail'>, now: number): ThreadRow[] {
  return mail.state === 'ready' ? threadRows(mail.value, now) : []
}

/** The message that is selected in the open mailbox. */
export function selectedMail({ui, now}: ClientState): MailRow | undefined {
  const dialog = ui.dialogs.findLast((open): open is MailboxDialog => open.kind === 'mailbox')
  if (!dialog) return undefined
  const rows = rowsOf(dialog, now)
  return rows[indexOfMail(rows, dialog.selected)]?.mail
}
