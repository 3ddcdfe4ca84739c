import {isOpen} from '../../../model/hub/mail.ts'
import type {MailRow} from '../../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../../commands/binding.ts'
import {mailLines} from '../../hub/mail-lines.ts'
import {indexOfMail} from '../../hub/threads.ts'
import type {ClientState} from '../../state/state.ts'
import {changeDialog, closeDialog, openDialog} from '../../state/update.ts'
import {UNICODE} from '../../text/theme.ts'
import {clamp, type DialogOf, type DialogSpec} from '../dialog-spec.ts'
import {loadMailbox} from './mailbox-load.ts'
import {rowsOf, selectedMail} from './mailbox-rows.ts'
import {writeAnswer, writeToAll} from './write.ts'

type MailboxDialog = DialogOf<'mailbox'>

/** Messages between sessions by threads, with their receipts, and the selected one in full. */
export const MAILBOX: DialogSpec<MailboxDialog> = {
  context: 'mailbox',
  height: 'screen',
  covers: 'panes',
  loaded: ({mail}) => mail,
  scrolled(dialog, rows, {state, content: {width, height}}) {
    const list = rowsOf(dialog, state.now)
    if (dialog.whole !== null) {
      const mail = list[indexOfMail(list, dialog.selected)]?.mail
      const lines = mail ? mailLines(mail, {width, now: state.now, glyphs: UNICODE}).length : 0
      return {...dialog, whole: clamp(dialog.whole + rows, lines - height)}
    }
    const index = clamp(indexOfMail(list, dialog.selected) + rows, list.length - 1)
    return {...dialog, selected: list[index]?.mail.id ?? null}
  },
  confirm(context, dialog) {
    if (dialog.whole !== null) return context.store.apply(inList)
    const mail = selectedMail(context.store.getState())
    if (!mail) return
    context.store.apply(changeDialog('mailbox', open => ({...open, whole: 0})))
    markRead(context, [mail])
  },
  /** From one message back to the list, then out. */
  cancel({store}, {whole}) {
    store.apply(whole === null ? closeDialog : inList)
  },
}

const inList = changeDialog('mailbox', open => ({...open, whole: null}))

const IN_MAILBOX = {group: 'dialog', where: ['mailbox'], needs: 'daemon', writes: true} as const

export const MAILBOX_KEYS = [
  {
    ...IN_MAILBOX,
    command: 'mail.answer',
    keys: ['a'],
    help: 'answer the message; an answer to a request ends it',
    disabled: noMessage,
    run: context => answer(context),
  },
  {
    ...IN_MAILBOX,
    command: 'mail.end',
    keys: ['e'],
    help: 'end a blocker or a request; asks first',
    disabled: notToEnd,
    run: context => askEnd(context),
  },
  {
    ...IN_MAILBOX,
    command: 'mail.write',
    keys: ['n'],
    help: 'write to all sessions, or to those of one project',
    run: context => writeToAll(context),
  },
  {
    ...IN_MAILBOX,
    command: 'mail.read',
    keys: ['r'],
    help: 'mark the message as read',
    disabled: noMessage,
    run: context => markRead(context, [selectedMail(context.store.getState())!]),
  },
  {
    ...IN_MAILBOX,
    command: 'mail.read-all',
    keys: ['R'],
    help: 'mark all messages as read',
    run: context => markRead(context, allMail(context.store.getState())),
  },
] as const satisfies readonly Binding[]

export async function openMailbox(context: CommandContext): Promise<void> {
  const {store, now} = context
  store.apply(
    openDialog({kind: 'mailbox', mail: {state: 'loading', since: now()}, selected: null, mark: '', whole: null}),
  )
  await loadMailbox(context)
}

function allMail({ui}: ClientState): readonly MailRow[] {
  const dialog = ui.dialogs.at(-1)
  return dialog?.kind === 'mailbox' && dialog.mail.state === 'ready' ? dialog.mail.value : []
}

function noMessage(state: ClientState): string | null {
  return selectedMail(state) ? null : 'there is no message'
}

function notToEnd(state: ClientState): string | null {
  const mail = selectedMail(state)
  if (!mail) return 'there is no message'
  if (mail.kind !== 'blocker' && mail.kind !== 'request') return 'only a blocker or a request is ended'
  return isOpen(mail, state.now) ? null : 'it has ended already'
}

function answer(context: CommandContext): void {
  const mail = selectedMail(context.store.getState())
  if (!mail) return
  markRead(context, [mail])
  writeAnswer(context, mail)
}

function askEnd({store}: CommandContext): void {
  const mail = selectedMail(store.getState())
  if (mail) store.apply(openDialog({kind: 'end-mail', mail}))
}

/** Shows messages as read at once, and tells the hub. */
function markRead({store, operations}: CommandContext, mail: readonly MailRow[]): void {
  const ids = mail.filter(({unread}) => unread).map(({id}) => id)
  if (ids.length === 0) return
  store.apply(
    changeDialog('mailbox', dialog =>
      dialog.mail.state === 'ready'
        ? {
            ...dialog,
            mail: {
              state: 'ready',
              value: dialog.mail.value.map(one => (ids.includes(one.id) ? {...one, unread: false} : one)),
            },
          }
        : dialog,
    ),
  )
  void operations.ask('marking as read', daemon => daemon.call('readMail', {ids}))
}
