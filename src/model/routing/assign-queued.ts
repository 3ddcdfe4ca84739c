import {type Draft, moveAgent, moveTicket} from '../core/draft.ts'
import {freeAgents, slotOf} from '../core/slots.ts'
import {heldByBudget} from '../spending/budget.ts'
import {heldByLimit} from '../spending/limit.ts'
import {heldByProfile} from './profile.ts'

/** Work that was sent back comes before anything new: priority 100 of the conventions. */
export function assignQueued(draft: Draft): void {
  const {state} = draft
  const holds = [heldByBudget(state, draft.at), heldByLimit(state, draft.at), heldByProfile(state)]
  if (state.mode.routing === 'off' || holds.some(held => held !== null)) return
  const queued = Object.values(draft.state.tickets)
    .filter(ticket => ticket.value === 'queued' && !ticket.context.paused && !slotOf(draft.state, ticket.context.issue))
    .sort((a, b) => a.context.since - b.context.since)
  for (const ticket of queued) {
    const free = freeAgents(draft.state)
    const agent = free.includes(ticket.context.agent) ? ticket.context.agent : free[0]
    if (!agent) return
    moveAgent(draft, agent, {type: 'assign', ticket: ticket.context.issue})
    moveTicket(draft, ticket.context.issue, {type: 'assign', agent})
  }
}
