import {safeLine, safeText} from '../../../base/text.ts'
import {bytesOf, EVERYBODY, isOpen, MAIL_KINDS, MAX_MAIL_BYTES, type MailKind} from '../../../model/hub/mail.ts'
import type {MailRow, PeerRow} from '../../../protocol/daemon.ts'
import type {Binding, CommandContext} from '../../commands/binding.ts'
import {letterLeft, openLetter} from '../../state/letters.ts'
import type {ClientState} from '../../state/state.ts'
import {changeDialog, closeDialog} from '../../state/update.ts'
import {editorLines} from '../../text/editor.ts'
import type {DialogOf, DialogSpec} from '../dialog-spec.ts'
import {putBack} from '../put-back.ts'
import {loadMailbox} from './mailbox-load.ts'

type WriteDialog = DialogOf<'write'>

/** The kinds that a person writes; a done is an answer, or ends something by its own key. */
const WRITTEN: readonly MailKind[] = MAIL_KINDS.filter(kind => kind !== 'done')
/** The least lines to write in, and the lines above them. */
const LINES = {text: 4, above: 4} as const

/** A message to a session, a project or all of them, as a person. */
export const WRITE: DialogSpec<WriteDialog> = {
  context: 'letter',
  height: (dialog, width) =>
    LINES.above + Math.max(LINES.text, editorLines(dialog.text, dialog.text.length, width - 1).lines.length),
  edited: (dialog, change) =>
    dialog.naming ? {...dialog, resource: safeLine(change(dialog.resource))} : {...dialog, text: change(dialog.text)},
  cancel: ({store}, dialog) => store.apply(letterLeft(dialog)),
  confirm: (context, dialog) => send(context, dialog),
}

const IN_LETTER = {group: 'dialog', where: ['letter']} as const

export const WRITE_KEYS = [
  {
    ...IN_LETTER,
    command: 'write.kind',
    keys: ['tab'],
    help: 'another kind: info, warning, blocker, request',
    run: ({store}) => store.apply(changeDialog('write', nextKind)),
  },
  {
    ...IN_LETTER,
    command: 'write.to',
    keys: ['ctrl+t'],
    help: 'to another: the session, its project, all sessions',
    run: ({store}) => store.apply(changeDialog('write', nextAddress)),
  },
] as const satisfies readonly Binding[]

export function writeTo({store}: CommandContext, peer: PeerRow): void {
  const {id, project, claim} = peer
  const addresses = unique([id, project, EVERYBODY])
  open(store, {addresses, mail: 'info', answers: null, ...(claim !== null && {seen: {id, claim}})})
}

export function writeToAll({store}: CommandContext): void {
  const {header, hub} = store.getState()
  const projects = [...(header ? [header.repository] : []), ...hub.peers.map(({project}) => project)]
  open(store, {addresses: unique([EVERYBODY, ...projects]), mail: 'info', answers: null})
}

/** An answer goes to who wrote; one to a request ends it, so that it does not wait any longer. */
export function writeAnswer({store, now}: CommandContext, mail: MailRow): void {
  const to = mail.mine ? mail.to : (mail.instance ?? mail.from)
  const ends = mail.kind === 'request' && !mail.mine && isOpen(mail, now())
  open(store, {addresses: [to], mail: ends ? 'done' : 'info', answers: mail})
}

function open(
  store: CommandContext['store'],
  start: Pick<WriteDialog, 'addresses' | 'mail' | 'answers' | 'seen'>,
): void {
  store.apply(openLetter({kind: 'write', ...start, to: 0, text: '', resource: '', naming: false}))
}

/** Bytes of the message as it would be sent. */
export function sizeOf({text}: Pick<WriteDialog, 'text'>): {bytes: number; tooLong: boolean} {
  const bytes = bytesOf(text)
  return {bytes, tooLong: bytes > MAX_MAIL_BYTES}
}

/** The name of an address: a session by its name in the list. */
export function addressName({hub}: Pick<ClientState, 'hub'>, address: string): string {
  if (address === EVERYBODY) return 'all sessions'
  const peer = hub.peers.find(({id}) => id === address)
  return peer ? `${peer.name} (${safeLine(peer.project)})` : safeLine(address)
}

function nextKind(dialog: WriteDialog): WriteDialog {
  if (dialog.mail === 'done') return dialog
  const mail = WRITTEN[(WRITTEN.indexOf(dialog.mail) + 1) % WRITTEN.length]!
  // A blocker is nothing without what it holds.
  return {...dialog, mail, naming: mail === 'blocker' && dialog.resource === ''}
}

function nextAddress(dialog: WriteDialog): WriteDialog {
  return {...dialog, to: (dialog.to + 1) % dialog.addresses.length}
}

function send(context: CommandContext, dialog: WriteDialog): void {
  const {store, operations} = context
  if (dialog.naming) return store.apply(changeDialog('write', open => ({...open, naming: false})))
  if (dialog.text.trim() === '') return store.apply(closeDialog)
  if (sizeOf(dialog).tooLong) {
    operations.notify({level: 'warning', text: 'the message is too long', next: 'shorten it; nothing is ever cut'})
    return
  }
  store.apply(closeDialog)
  void post(context, dialog)
}

async function post(context: CommandContext, dialog: WriteDialog): Promise<void> {
  const {store, operations} = context
  const {addresses, to, mail, text, resource, answers, seen} = dialog
  const address = addresses[to]!
  const name = addressName(store.getState(), address)
  const sent = await operations.load(daemon =>
    daemon.call('post', {
      to: address,
      kind: mail,
      text: safeText(text).trim(),
      ...(mail === 'blocker' ? {resource: resource.trim()} : {}),
      ...(answers === null ? {} : {answers: answers.id}),
      ...(seen?.id === address && {claim: seen.claim}),
    }),
  )
  if (sent.state === 'failed') {
    operations.notifyError(sent.error)
    putBack(context, dialog)
    return
  }
  operations.notify({level: 'info', text: `stored for ${name}; the mailbox shows who has it`})
  await loadMailbox(context)
}

function unique(addresses: readonly string[]): string[] {
  return [...new Set(addresses)]
}
