import {existsSync} from 'node:fs'
import * as z from 'zod'
import {ClambakeError, hasCode} from '../../../base/errors.ts'
import {safeLine, safeText} from '../../../base/text.ts'
import {parseAgentId} from '../../../model/data/ids.ts'
import {type Message, type SentMessage, sentText} from '../../../model/data/message.ts'
import {receiptName} from '../../../model/hub/instance.ts'
import {MAIL_KINDS, type Mail, type Progress} from '../../../model/hub/mail.ts'
import {outcomeText} from '../../../model/hub/receipt-text.ts'
import type {CommandContext} from '../../context.ts'
import {defineCommand} from '../../define.ts'
import {agentName, lifetime, positiveInteger} from '../../inputs.ts'
import {age, columns} from '../../output/text.ts'
import {sendMessage} from '../../send-message.ts'
import {reservationText} from './reservations.ts'

const SHOWN = 20

type Sent = {messages: readonly SentMessage[]; mail: Mail | null}

export const send = defineCommand({
  name: 'send',
  summary: 'send a message to an agent, or to sessions of any project; it is read at the end of the turn',
  does: 'acts',
  args: [
    {key: 'to', name: 'to', required: true, description: 'agent001; @all; a session or a project of clambake who'},
    {key: 'text', name: 'text', required: true, description: 'the message, in quotes'},
  ],
  options: {
    kind: {flags: '--kind <kind>', description: `${MAIL_KINDS.join(', ')}; with it @all is every session of the hub`},
    resource: {flags: '--resource <name>', description: 'what a blocker holds: docker, push:main, src/cart/**'},
    for: {flags: '--for <time>', description: 'how long it stays valid: 30m (at most, and by default, 24h)'},
    answers: {flags: '--answers <id>', description: 'the message that it answers; with --kind done that one ends'},
  },
  schema: () =>
    z.object({
      to: z.string(),
      text: z.string(),
      kind: z.enum(MAIL_KINDS).optional(),
      resource: z.string().min(1).optional(),
      for: lifetime.optional(),
      answers: positiveInteger.optional(),
    }),
  examples: [
    ['clambake send agent001 "use the new parser"', 'it reads it at the end of its turn, or at once if it waits'],
    ['clambake send @all "main is broken, wait"', 'send it to every agent here that has a ticket'],
    [
      'clambake send shop-3f2a "which port do you use?" --kind request',
      'ask a session; a missing answer is shown as overdue',
    ],
    ['clambake send @all "restarting it" --kind blocker --resource docker --for 10m', 'hold off all sessions'],
    ['clambake send @all "it runs again" --kind done --answers 12', 'end the blocker 12'],
  ],
  async run(input, context): Promise<Sent> {
    const {to, text, kind, resource, answers} = input
    const isPlain = kind === undefined && resource === undefined && answers === undefined && input.for === undefined
    if (isPlain && (to === '@all' || parseAgentId(to))) {
      return {...(await sendMessage({to, text}, context)), mail: null}
    }
    const hub = await context.hub()
    const {senderOf} = await import('../../hub/self.ts')
    const mail = await hub.send(await senderOf(context, hub), {
      to,
      text,
      kind: kind ?? (resource === undefined ? 'info' : 'blocker'),
      resource: resource ?? null,
      lifeMs: input.for ?? null,
      answers: answers ?? null,
    })
    return {messages: [], mail}
  },
  text({messages, mail}) {
    if (mail === null) return messages.map(sentText).join('\n')
    if (mail.kind === 'blocker')
      return `${safeLine(mail.resource ?? '')} is yours, as message ${mail.id}: end it by --kind done --answers ${mail.id}`
    return `message ${mail.id} is stored; clambake inbox shows who has it`
  },
  json: ({messages, mail}) => (mail === null ? {messages} : {mail}),
})

export const inbox = defineCommand({
  name: 'inbox',
  summary: 'print the messages to this session, what it sent, and those to agents, newest first',
  does: 'reads',
  args: [{key: 'agent', name: 'agent', required: false, description: 'only messages to this agent'}],
  options: {limit: {flags: '-n, --limit <n>', description: `number of messages of each kind (default ${SHOWN})`}},
  schema: () => z.object({agent: agentName.optional(), limit: positiveInteger.default(SHOWN)}),
  examples: [
    ['clambake inbox', 'show sender, recipient and whether it was read'],
    ['clambake inbox agent001 --limit 5', 'the last five messages to agent001'],
  ],
  async run({agent, limit}, context) {
    if (agent !== undefined) {
      const daemon = await context.daemon()
      return {messages: await daemon.call('messages', {limit, agent}), mail: [], sent: [], reservations: []}
    }
    const [hub, messages] = [await context.hub(), await toAgents(context, limit)]
    const {findSelf} = await import('../../hub/self.ts')
    const [{mailOf}, self] = await Promise.all([import('../../../hub/talk.ts'), findSelf(hub)])
    const [mail, reserved] = await Promise.all([mailOf(hub, self, limit), hub.reservations.list()])
    const near = reserved.filter(({project}) => self === null || project === null || project === self.project)
    return {messages, ...mail, reservations: near}
  },
  text({messages, mail, sent, reservations}, {clock}) {
    const now = clock.now()
    const parts = [
      mailTable(mail, now),
      sent.length === 0 ? '' : `Sent by this session:\n${mailTable(sent, now)}`,
      messages.length === 0 ? '' : agentTable(messages, now),
      reservations.map(one => reservationText(one, now)).join('\n'),
    ].filter(part => part !== '')
    return parts.length === 0 ? 'No messages yet: clambake send agent001 "…"' : parts.join('\n\n')
  },
})

/** Messages to agents, where a daemon has ever worked: in another project a look into the mailbox starts none. */
async function toAgents(context: CommandContext, limit: number): Promise<readonly Message[]> {
  try {
    if (!existsSync((await context.place()).paths.folder)) return []
    return await (await context.daemon()).call('messages', {limit})
  } catch (error) {
    if (hasCode(error, 'not-a-repository')) return []
    throw error
  }
}

function agentTable(messages: readonly Message[], now: number): string {
  return columns(
    [{title: 'AGO', align: 'right'}, {title: 'FROM'}, {title: 'TO'}, {title: 'READ'}, {title: 'TEXT', max: 70}],
    messages.map(({at, from, to, ticket, text, deliveredAt, expiresAt}) => [
      age(now - at),
      from,
      `${to} #${ticket}`,
      deliveredAt === null ? unread(expiresAt, now) : `${age(now - deliveredAt)} ago`,
      safeLine(text),
    ]),
  )
}

function unread(expiresAt: number | null, now: number): string {
  return expiresAt === null || now < expiresAt ? 'not yet' : 'never'
}

function mailTable(mail: readonly (Mail & {progress: Progress})[], now: number): string {
  if (mail.length === 0) return ''
  return columns(
    [
      {title: 'ID', align: 'right'},
      {title: 'AGO', align: 'right'},
      {title: 'KIND'},
      {title: 'FROM', max: 40},
      {title: 'TO', max: 40},
      {title: 'STATE'},
      {title: 'TEXT', max: 70},
    ],
    mail.map(one => [
      String(one.id),
      age(now - one.at),
      one.kind,
      safeLine(one.from),
      safeLine(one.to),
      outcomeText(one, one.progress, now),
      safeLine(one.resource === null ? one.text : `${one.resource}: ${one.text}`),
    ]),
  )
}

export const read = defineCommand({
  name: 'read',
  summary: 'print the unread messages to this session in full, and mark them as read',
  does: 'acts',
  args: [{key: 'ids', name: 'ids...', required: false, description: 'only these messages, even if they were read'}],
  schema: () => z.object({ids: z.array(positiveInteger).default([])}),
  examples: [
    ['clambake read', 'every message that this session was not given yet'],
    ['clambake read 12', 'message 12'],
  ],
  async run({ids}, context) {
    const hub = await context.hub()
    const {findSelf} = await import('../../hub/self.ts')
    const self = await findSelf(hub)
    if (ids.length > 0 || self === null) {
      const mail = await hub.mail(
        ids.length > 0 ? {ids, limit: ids.length} : {openAt: context.clock.now(), limit: SHOWN},
      )
      const missing = ids.filter(id => !mail.some(one => one.id === id))
      if (missing.length > 0) {
        throw new ClambakeError({
          code: 'no-message',
          message: `there is no message ${missing.join(', ')}`,
          kept: 'nothing was marked as read',
          next: 'clambake inbox lists the messages with their numbers',
        })
      }
      if (self !== null)
        await hub.read(
          receiptName(self),
          mail.map(({id}) => id),
        )
      return {mail, waiting: 0}
    }
    const {takeUnread} = await import('../../../hub/talk.ts')
    const {given, waiting} = await takeUnread(hub, self)
    return {mail: given, waiting}
  },
  text({mail, waiting}, {clock}) {
    if (mail.length === 0) return 'Nothing is unread.'
    const parts = mail.map(one => {
      const about = one.resource === null ? one.kind : `${one.kind} on ${safeLine(one.resource)}`
      const head = `${one.id}, ${about} from ${safeLine(one.from)} to ${safeLine(one.to)}, ${age(clock.now() - one.at)} ago`
      return `${head}\n${safeText(one.text)}`
    })
    return [...parts, ...(waiting > 0 ? [`${waiting} more: clambake read`] : [])].join('\n\n')
  },
})
