import {toErrorData} from '../../base/errors.ts'
import {storedMessages} from '../../hub/stored-messages.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {EffectOf} from '../../model/data/effects.ts'
import {isWaiting} from '../../model/data/message.ts'
import {writerOf} from '../../model/hub/mail-turns.ts'
import {type AgentGateways, panesOf} from '../gateways.ts'
import {promptText} from '../prompts.ts'
import {issueOf} from './details.ts'
import {deliver} from './give.ts'

/** Delivers messages and mail at least once: a daemon that ends before it notes the delivery repeats it. */
export async function deliverMessages(gateways: AgentGateways, effect: EffectOf<'deliverMessages'>): Promise<Fact[]> {
  const {host} = gateways
  const {ticket, agent, branch, messages, wasIdle} = effect
  const info = (await panesOf(host, ticket)).find(pane => !pane.exit)
  if (!info) return [{type: 'messagesKept', ticket, messages}]
  const assignment = {kind: 'message', said: messages} as const
  const said = promptText(assignment, {...(await issueOf(gateways, ticket, {asTask: false})), branch})
  const mail = await gateways.mail.take(agent, ticket)
  if (messages.length === 0 && mail === null) return [{type: 'nothingToRead', ticket, agent, wasIdle}]
  const text = mail === null ? said : `${mail.text}\n\n${said}`
  const all = messages.length + (mail?.messages.length ?? 0)
  const what = all === 1 ? 'a message' : `${all} messages`
  const outcome = await deliver(gateways, {info, ticket, agent, text, what, adds: true, mail})
  if (outcome === 'taken') {
    const words = [...messages.map(writerOf), ...(mail?.messages ?? []).map(({by}) => by)]
    return [{type: 'mailTurnBegan', ticket, words}, ...(await noteDelivered(gateways, ticket, messages))]
  }
  return [
    {type: 'messagesKept', ticket, messages},
    ...(mail === null ? [] : [{type: 'mailWaits', ticket, messages: mail.messages} as const]),
    ...(outcome === 'gone' ? [] : [outcome]),
  ]
}

/** Notes in the hub that an agent has these messages; a note that fails holds up nothing. */
export async function noteDelivered(
  {hub, log}: AgentGateways,
  ticket: number,
  messages: readonly {id: number}[],
): Promise<Fact[]> {
  try {
    for (const {id} of messages) await hub.messageDelivered(id)
  } catch (error) {
    // The message was delivered. Without the note it is delivered again after a restart, which is better than blocking
    // the ticket.
    log.warn('cannot note that a message was delivered', {ticket, error: toErrorData(error)})
  }
  return [{type: 'messagesDelivered', ticket, messages}]
}

/** Lets messages expire that no agent will read. */
export async function expireMessages({hub, clock}: AgentGateways, effect: EffectOf<'expireMessages'>): Promise<Fact[]> {
  const {messages, unlessTold} = effect
  const now = clock.now()
  const waits = unlessTold && (await storedMessages(hub)).filter(message => isWaiting(message, now)).map(({id}) => id)
  for (const [index, id] of messages.entries()) {
    if (waits?.includes(id) === false) continue
    const event = unlessTold?.[index]
    if (event !== undefined) hub.append(event)
    await hub.messageExpired(id)
  }
  return []
}
