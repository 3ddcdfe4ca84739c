import {type AgentEvent, stepAgent} from '../agent/agent.ts'
import type {Effect} from '../data/effects.ts'
import type {AgentId} from '../data/ids.ts'
import type {TicketEvent} from '../ticket/events.ts'
import {stepTicket, type TicketState} from '../ticket/ticket.ts'
import type {State} from './state.ts'

/** A supervisor under change; one decision gathers its moves and effects here, nothing outlives it. */
export type Draft = {state: State; effects: Effect[]; at: number}

/** An event without the time, which the draft knows. */
export type Timeless<E extends {at: number}> = E extends unknown ? Omit<E, 'at'> : never

export function moveTicket(draft: Draft, issue: number, event: Timeless<TicketEvent>): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  const stepped = stepTicket(ticket, {...event, at: draft.at} as TicketEvent)
  if (!stepped.moved) return
  setTicket(draft, stepped.state)
  draft.effects.push(...stepped.output)
}

export function setTicket(draft: Draft, ticket: TicketState): void {
  draft.state = {...draft.state, tickets: {...draft.state.tickets, [ticket.context.issue]: ticket}}
}

export function moveAgent(draft: Draft, agent: AgentId, event: Timeless<AgentEvent>): void {
  const slot = draft.state.agents[agent]
  if (!slot) return
  const stepped = stepAgent(slot, {...event, at: draft.at} as AgentEvent)
  if (stepped.moved) draft.state = {...draft.state, agents: {...draft.state.agents, [agent]: stepped.state}}
}
