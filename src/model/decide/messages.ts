import {type Draft, moveAgent, moveTicket} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {MessageFact} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import type {Message} from '../data/message.ts'

export const messageFacts: FactHandlers<MessageFact['type']> = {
  messageSent(draft, {message}) {
    keepMessages(draft, message.ticket, [message])
    if (waitsForPrompt(draft.state, message.ticket)) deliverMessages(draft, message.ticket)
  },
  messagesKept(draft, {ticket, messages}) {
    keepMessages(draft, ticket, messages)
  },
  messagesDelivered() {},
}

export function hasMessages({messages}: State, issue: number): boolean {
  return (messages[issue] ?? []).length > 0
}

/**
 * Lets an agent whose work is done read first what was said to it meanwhile; its work is looked at again after that.
 * false: there is nothing to read, or its process has ended.
 */
export function readsFirst(draft: Draft, issue: number): boolean {
  if (!hasMessages(draft.state, issue) || !draft.state.tickets[issue]?.context.alive) return false
  moveTicket(draft, issue, {type: 'messageWaits'})
  if (draft.state.tickets[issue]?.value !== 'working') return false
  deliverMessages(draft, issue)
  return true
}

/** Tells that messages came too late: their agent has handed in its work and ended. */
export function tellUnread(draft: Draft, issue: number): void {
  const {[issue]: messages = [], ...others} = draft.state.messages
  const agent = draft.state.tickets[issue]?.context.agent
  if (messages.length === 0 || agent === undefined) return
  draft.state = {...draft.state, messages: others}
  for (const {from, text} of messages) {
    draft.effects.push({
      name: 'record',
      event: {
        type: 'status_update',
        agent,
        ticket: issue,
        severity: 'warning',
        message: `${agent} handed in #${issue} without having read what ${from} said: ${text}`,
      },
    })
  }
}

/** Gives a ticket's agent all its messages as one turn; the work is looked at when that turn ends. */
export function deliverMessages(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (ticket?.value !== 'working') return
  const {[issue]: messages = [], ...others} = draft.state.messages
  const {agent, branch} = ticket.context
  draft.state = {...draft.state, messages: others}
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  draft.effects.push({name: 'deliverMessages', ticket: issue, agent, branch, messages})
}

function keepMessages(draft: Draft, ticket: number, messages: readonly Message[]): void {
  const kept = draft.state.messages[ticket] ?? []
  const all = [...messages, ...kept].sort((one, other) => one.id - other.id)
  draft.state = {...draft.state, messages: {...draft.state.messages, [ticket]: all}}
}

/** Whether the turn of the ticket's agent is over or failed, and no prompt is on its way to it. */
function waitsForPrompt({tickets, agents}: State, issue: number): boolean {
  const ticket = tickets[issue]
  const slot = ticket && agents[ticket.context.agent]
  return ticket?.value === 'working' && slot?.context.ticket === issue && slot.context.waitsFor === 'prompt'
}
