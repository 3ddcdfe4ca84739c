import * as z from 'zod'
import {age, MINUTE_MS} from '../base/duration.ts'
import {broken, safeLine} from '../base/text.ts'
import {count} from '../base/words.ts'
import {type MailRow, mailOf, takeUnread} from '../hub/talk.ts'
import {parseAgentId} from '../model/data/ids.ts'
import {givenText, nameOf, timeText} from '../model/hub/given-text.ts'
import {EVERYBODY, MAIL_KINDS, type Mail} from '../model/hub/mail.ts'
import {outcomeText} from '../model/hub/receipt-text.ts'
import {defineTool} from './tool.ts'

/** Messages of its own whose receipts a session is shown. */
const SENT_SHOWN = 10

export const send = defineTool({
  name: 'send',
  says:
    'Sends a message to a session, a project or @all. kind info tells, warning warns, request wants an answer, blocker ' +
    'holds `resource` (docker, push:main, src/cart/**) until you end it, done ends the message `answers`.',
  example: {to: '@all', text: 'I restart the database', kind: 'blocker', resource: 'docker', minutes: 10},
  input: z.object({
    to: z.string().min(1).describe('a session or project of the tool who, @all, or agent001'),
    text: z.string().describe('at most 4 KB, without secrets'),
    kind: z.enum(MAIL_KINDS).optional().describe('default info'),
    resource: z.string().min(1).optional().describe('only for a blocker: what it holds'),
    minutes: z.coerce.number().positive().optional().describe('how long it is of use'),
    answers: z.coerce.number().int().positive().optional().describe('number of the message that it answers'),
  }),
  readOnly: false,
  async run({to, text, kind, resource, minutes, answers}, {hub, self, sendToAgent}) {
    const isPlain = kind === undefined && resource === undefined && minutes === undefined && answers === undefined
    if (isPlain && parseAgentId(to)) return sendToAgent({to, text})
    const {id, project} = await self()
    const mail = await hub.send(
      {name: id, instance: id, project},
      {
        to,
        text,
        kind: kind ?? (resource === undefined ? 'info' : 'blocker'),
        resource: resource ?? null,
        lifeMs: minutes === undefined ? null : minutes * MINUTE_MS,
        answers: answers ?? null,
      },
    )
    return sentText(mail, (await hub.progress([mail])).get(mail.id)?.recipients ?? 0)
  },
})

function sentText({id, kind, to, resource, expiresAt, answers}: Mail, recipients: number): string {
  if (kind === 'blocker') {
    const end = JSON.stringify({to, text: 'it is free', kind: 'done', answers: id})
    return `You hold ${nameOf(resource ?? '')} until ${timeText(expiresAt)}, by message ${id}. As soon as you are done: send ${end}`
  }
  const ended = kind === 'done' && answers !== null ? ` Message ${answers} has ended.` : ''
  const stored = `Message ${id} is stored for ${count(recipients, 'session')}, which get it at their next turn.`
  return `${stored}${ended} The tool inbox says who has it.`
}

export const inbox = defineTool({
  name: 'inbox',
  says: 'Gives you the unread messages of others, and says what became of those that you sent.',
  example: {},
  input: z.object({}),
  readOnly: true,
  async run(_, {hub, clock, self}) {
    const own = await self()
    const found = await takeUnread(hub, own)
    const {sent} = await mailOf(hub, own, SENT_SHOWN)
    const parts = [found.given.length === 0 ? 'Nothing is unread.' : givenText(found)]
    if (found.waiting > 0) parts.push(`${count(found.waiting, 'message')} did not fit: call inbox again.`)
    if (sent.length > 0) parts.push(['You sent:', ...sent.map(mail => sentLine(mail, clock.now()))].join('\n'))
    return parts.join('\n\n')
  },
})

function sentLine(mail: MailRow, now: number): string {
  const {id, kind, to, text, at, progress} = mail
  const whom = to === EVERYBODY ? to : broken(safeLine(to))
  const about = `message ${id}, ${kind} to ${whom}, ${age(now - at)} ago`
  return `- ${about}: ${outcomeText(mail, progress, now)}: ${nameOf(text)}`
}
