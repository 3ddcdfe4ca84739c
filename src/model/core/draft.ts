import {type AgentEvent, stepAgent} from '../agent/agent.ts'
import type {Effect} from '../data/effects.ts'
import type {AgentId} from '../data/ids.ts'
import type {TicketEvent} from '../ticket/events.ts'
import {holdsSlot, TICKET_STATES} from '../ticket/states.ts'
import {stepTicket, type TicketState} from '../ticket/ticket.ts'
import type {State} from './state.ts'

/** The state that one decision changes, with the effects that it collects; it lives as long as the decision. */
export type Draft = {state: State; effects: Effect[]; at: number}

/** An event without the time, which the draft knows. */
type Timeless<E extends {at: number}> = E extends unknown ? Omit<E, 'at'> : never

/** Moves a ticket and collects its effects. An agent that is stopped releases its slot. */
export function moveTicket(draft: Draft, issue: number, event: Timeless<TicketEvent>): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  const stepped = stepTicket(ticket, {...event, at: draft.at} as TicketEvent)
  if (!stepped.moved) return
  setTicket(draft, withShownSince(ticket, stepped.state, draft.at))
  draft.effects.push(...stepped.output)
  if (stepped.output.some(({name}) => name === 'stopAgent')) releaseSlot(draft, issue)
}

/** Notes when a ticket enters another phase of the screen. */
function withShownSince(before: TicketState, {value, context}: TicketState, at: number): TicketState {
  const isSame = TICKET_STATES[value].shown.screen === TICKET_STATES[before.value].shown.screen
  return {value, context: {...context, shownSince: isSame ? before.context.shownSince : at}}
}

/** Puts a ticket into the state. */
export function setTicket(draft: Draft, ticket: TicketState): void {
  draft.state = {...draft.state, tickets: {...draft.state.tickets, [ticket.context.issue]: ticket}}
}

/** Moves an agent by an event; one that means nothing in its state changes nothing. */
export function moveAgent(draft: Draft, agent: AgentId, event: Timeless<AgentEvent>): void {
  const slot = draft.state.agents[agent]
  if (!slot) return
  const stepped = stepAgent(slot, {...event, at: draft.at} as AgentEvent)
  if (stepped.moved) draft.state = {...draft.state, agents: {...draft.state.agents, [agent]: stepped.state}}
}

/** Notes that the agent has been in its state since an earlier time. */
export function agentSince(draft: Draft, agent: AgentId, since: number): void {
  const slot = draft.state.agents[agent]
  if (!slot || since >= draft.at) return
  const dated = {...slot, context: {...slot.context, since}}
  draft.state = {...draft.state, agents: {...draft.state.agents, [agent]: dated}}
}

/** Marks the ticket's slot as ending: it is free once its process is seen to have ended. */
function releaseSlot(draft: Draft, issue: number): void {
  const agent = draft.state.tickets[issue]?.context.agent
  if (agent && draft.state.agents[agent]?.context.ticket === issue) moveAgent(draft, agent, {type: 'release'})
}

/**
 * Frees the slot whose process has ended. By then the slot may have gone to another ticket, or to a new process of this
 * one, and is kept.
 */
export function freeSlot(draft: Draft, agent: AgentId, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (draft.state.agents[agent]?.context.ticket !== issue || (ticket && holdsSlot(ticket))) return
  moveAgent(draft, agent, {type: 'freed'})
}
