import {AGENT_STATES} from '../agent/states.ts'
import {isAtWork} from '../data/config/working-hours.ts'
import type {AgentId} from '../data/ids.ts'
import type {Fact} from './facts.ts'
import type {State} from './state.ts'

/** The slots without a ticket, lowest first. */
export function freeAgents(state: State): AgentId[] {
  return Object.values(state.agents)
    .filter(slot => AGENT_STATES[slot.value].free)
    .map(slot => slot.context.agent)
}

/** The free slots that take new issues at a moment by their working hours, lowest first. */
export function slotsAtWork(state: State, at: number): AgentId[] {
  return freeAgents(state).filter(agent => isAtWork(state.config.agents.slots[agent] ?? {}, at))
}

/** The fact belongs to the pane that the slot has now; a late word from an older one means nothing. */
export function isCurrent(state: State, fact: Extract<Fact, {agent: AgentId; pane: string}>): boolean {
  return state.agents[fact.agent]?.context.pane === fact.pane
}

/** The slot that still has the ticket: its last process may be on its way out. */
export function slotOf(state: State, issue: number): AgentId | undefined {
  return Object.values(state.agents).find(slot => slot.context.ticket === issue)?.context.agent
}
