import {safeLine, safeText} from '../../base/text.ts'
import {receiptText} from '../../model/hub/receipt-text.ts'
import type {HeldRow, MailRow, PeerRow} from '../../protocol/daemon.ts'
import {kindLook, stateWords} from '../hub/mail-words.ts'
import {peerLook} from '../hub/peer-look.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {UNICODE} from '../text/theme.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'
import {dateColumn} from './facts.ts'
import {type Field, fieldLines} from './fields.ts'
import type {DetailOf, SubjectSpec} from './subject-spec.ts'

/** Messages from and to a session that its details show. */
const MESSAGES = 30

/** Details are turned into ASCII where that is wanted, as a whole. */
const GLYPHS = UNICODE

export const PEER: SubjectSpec<'peer'> = {
  title: ({peer}) => `Session ${peer.name}`,
  ticketOf: ({agents}, {peer}) => agents.find(row => row.agent === peer.agent)?.ticket ?? undefined,
  copied: (_, {peer}) => peer.id,
  async fetch(daemon, {hub, now}, {peer}) {
    const mail = await daemon.call('mailbox', {peer: peer.id, limit: MESSAGES})
    const held = hub.blockers.filter(({instance}) => instance === peer.id)
    return {kind: 'peer', peer: hub.peers.find(({id}) => id === peer.id) ?? peer, held, mail, at: now}
  },
  lines: peerLines,
}

/** All that is known of a session: what it says of itself, what it holds, what was said to it and by it. */
function peerLines({peer, held, mail, at}: DetailOf<'peer'>, width: number): Line[] {
  const heading = (text: string): Line[] => [[], [{text, bold: true}]]
  return [
    ...fieldLines(fieldsOf(peer), width),
    ...(held.length === 0 ? [] : heading('what it holds')),
    ...held.flatMap(one => heldLines(one, width)),
    ...heading('its messages'),
    ...(mail.length === 0 ? [[{text: 'none in the last day', tone: 'muted'} as const]] : []),
    ...mail.flatMap(one => mailLines(one, {width, at})),
  ]
}

function fieldsOf(peer: PeerRow): Field[] {
  const {id, project, directory, host, task, model, registeredAt, heartbeatAt, supervised} = peer
  const {word, tone} = peerLook(peer, GLYPHS)
  return [
    ['address', id],
    ['state', word, tone],
    ['task', task === '' ? 'it has not said' : task, task === '' ? 'muted' : 'text'],
    ...(peer.reserves.length === 0 ? [] : [['reserves', peer.reserves.join(', ')] as const]),
    ['project', project],
    ['folder', directory],
    ['machine', host ?? 'not known'],
    ['program', model],
    ['started', supervised ? 'by Clambake' : 'by hand'],
    ...(registeredAt === null ? [] : [['since', dateTime(registeredAt)] as const]),
    ['last seen', dateTime(heartbeatAt)],
  ]
}

function heldLines({resource, text, expiresAt}: HeldRow, width: number): Line[] {
  return wrapLine(
    [
      {text: `${safeLine(resource)} `, tone: 'attention'},
      {text: safeLine(text)},
      {text: ` until ${dateTime(expiresAt)} or its done`, tone: 'muted'},
    ],
    width,
    {first: [{text: `${GLYPHS.waits} `, tone: 'attention'}]},
  )
}

/** Words of others in lines of their own, below each other as they were written. */
function textLines(text: string, width: number, indent: string): Line[] {
  return safeText(text)
    .split('\n')
    .flatMap(part => wrapText(part, Math.max(10, width - indent.length)))
    .map(line => [{text: indent}, ...line])
}

function mailLines(mail: MailRow, {width, at}: {width: number; at: number}): Line[] {
  const {glyph, tone} = kindLook(mail.kind, GLYPHS)
  const state = stateWords(mail, at)
  const about = mail.resource === null ? mail.kind : `${mail.kind} ${safeLine(mail.resource)}`
  return [
    ...wrapLine(
      [
        {text: `${glyph} ${about} `, tone},
        {text: `${safeLine(mail.from)} to ${safeLine(mail.to)}`, tone: 'accent'},
        {text: `  ${receiptText(mail.progress)}`, tone: 'muted'},
        {text: state.text === '' ? '' : `  ${state.text}`, tone: state.tone},
      ],
      width,
      {first: [{text: dateColumn(mail.at), tone: 'muted'}]},
    ),
    ...textLines(mail.text, width, '    '),
  ]
}
