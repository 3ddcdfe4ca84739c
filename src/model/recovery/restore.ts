import {newAgent} from '../agent/agent.ts'
import {agentSince, type Draft, moveAgent, moveTicket, setTicket} from '../core/draft.ts'
import type {FactOf} from '../core/facts.ts'
import {forgetWritten, setWritten, writtenNow} from '../mirror/written.ts'
import {forgetForeign} from './claims.ts'

/** A conflict that an earlier run saw is seen again after so long at most: branches and pull requests are read meanwhile. */
const SAME_CONFLICT_MS = 10 * 60_000

/** Takes up the tickets of this daemon from before a restart. */
export function restore(draft: Draft, {tickets, shown = [], conflicts}: FactOf<'restored'>): void {
  for (const restored of tickets) restoreTicket(draft, restored)
  for (const {ticket, show, at} of shown) setWritten(draft, ticket, {...writtenNow(show), at})
  if (conflicts) {
    const earlier = {since: conflicts, until: draft.at + SAME_CONFLICT_MS}
    draft.state = {...draft.state, radar: {...draft.state.radar, earlier}}
  }
}

/**
 * Tickets come as `working` with their live pane, `queued`, `bottled` or `blocked`; any step beyond that is idempotent
 * and done again. The live pane of a ticket that needs none was about to be ended.
 */
function restoreTicket(draft: Draft, {ticket, pane, prompted, startedAt}: FactOf<'restored'>['tickets'][number]): void {
  const {agent, issue} = ticket.context
  setTicket(draft, ticket)
  forgetForeign(draft, issue)
  forgetWritten(draft, issue)
  if (pane !== null) {
    if (!draft.state.agents[agent]) {
      draft.state = {...draft.state, agents: {...draft.state.agents, [agent]: newAgent(agent, draft.at)}}
    }
    moveAgent(draft, agent, {type: 'assign', ticket: issue})
    moveAgent(draft, agent, {type: 'started', pane})
    if (startedAt !== undefined) agentSince(draft, agent, startedAt)
    if (ticket.value !== 'working') {
      moveAgent(draft, agent, {type: 'release'})
      draft.effects.push({name: 'stopAgent', ticket: issue, agent})
    }
  }
  moveTicket(draft, issue, {type: 'restored', prompted: pane === null || prompted})
}
