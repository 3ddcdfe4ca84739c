import {LINE_IN_USE} from '../agent/states.ts'
import {agentSince, type Draft, freeSlot, moveAgent, moveTicket, setTicket} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {AgentFact, FactOf, PaneFact} from '../core/facts.ts'
import {isCurrent} from '../core/slots.ts'
import {RESUME} from '../data/assignment.ts'
import type {AgentId} from '../data/ids.ts'
import {writeUsage} from '../spending/usage.ts'
import {isQuestion} from '../ticket/reasons.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {deliverMessages, hasMessages} from './messages.ts'

export const agentFacts: FactHandlers<AgentFact['type']> = {
  agentStarted(draft, {agent, ticket, pane, session}) {
    const early = takeEarly(draft, agent)
    moveAgent(draft, agent, {type: 'started', pane})
    moveTicket(draft, ticket, {type: 'started', session})
    for (const fact of early) takePaneFact(draft, fact)
  },
  agentNotReady: takePaneFact,
  agentReported: takePaneFact,
  agentExited: takePaneFact,
  agentStopped(draft, {agent, ticket}) {
    takeEarly(draft, agent)
    freeSlot(draft, agent, ticket)
  },
}

/** Most facts of one slot that are kept until its start is known. */
const MAX_EARLY = 50

function takePaneFact(draft: Draft, fact: PaneFact): void {
  if (fact.type === 'agentExited') writeUsage(draft, fact.pane)
  const slot = draft.state.agents[fact.agent]
  if (!slot) return
  if (isCurrent(draft.state, fact)) return applyPaneFact(draft, fact, slot.context.ticket)
  // A process may report and even end before the start of it is known.
  if (slot.value !== 'assigned' || slot.context.pane !== null) return
  const kept = [...(draft.state.early[fact.agent] ?? []), fact].slice(-MAX_EARLY)
  draft.state = {...draft.state, early: {...draft.state.early, [fact.agent]: kept}}
}

function applyPaneFact(draft: Draft, fact: PaneFact, ticket: number | null): void {
  if (fact.type === 'agentReported') {
    takeReport(draft, fact)
    // What was posted before a restart was so since then.
    if (fact.at !== undefined) agentSince(draft, fact.agent, fact.at)
  } else if (fact.type === 'agentNotReady') takeNotReady(draft, fact)
  else if (ticket !== null) takeExit(draft, fact, ticket)
}

/** Looks at the work of an agent whose program ended, unless it says itself why it cannot continue. */
function takeExit(draft: Draft, {end}: FactOf<'agentExited'>, issue: number): void {
  const isWorking = draft.state.tickets[issue]?.value === 'working'
  if (end?.blocked && isWorking) moveTicket(draft, issue, {type: 'gaveUp', reason: end.blocked})
  else moveTicket(draft, issue, {type: 'exited', end})
}

function takeNotReady(draft: Draft, {agent, for: waits, isStuck}: FactOf<'agentNotReady'>): void {
  if (waits === undefined) return moveAgent(draft, agent, {type: 'notReady', activity: 'not ready'})
  // Trying again and again what its client does not take helps no one; the next message or turn tries it again.
  const activity = isStuck ? 'prompt not taken' : LINE_IN_USE
  moveAgent(draft, agent, {type: waits === 'task' ? 'notReady' : 'lineTaken', activity})
}

/** Gives what a slot was told before its start was known, and forgets it. */
function takeEarly(draft: Draft, agent: AgentId): readonly PaneFact[] {
  const {[agent]: early = [], ...others} = draft.state.early
  if (early.length > 0) draft.state = {...draft.state, early: others}
  return early
}

function takeReport(draft: Draft, {agent, pane, report}: FactOf<'agentReported'>): void {
  const issue = draft.state.agents[agent]?.context.ticket ?? null
  if (report.kind === 'turnDone' || report.kind === 'failed' || report.kind === 'limited') writeUsage(draft, pane)
  switch (report.kind) {
    case 'ready':
      return takeReady(draft, agent)
    case 'cleared':
      return takeCleared(draft, agent, report.session)
    case 'busy':
    case 'asks':
      return moveAgent(draft, agent, {type: report.kind, activity: report.activity, detail: report.detail})
    case 'limited':
      return moveAgent(draft, agent, {type: 'limited', activity: `limit until ${report.until}`})
    case 'silent':
      moveAgent(draft, agent, {type: 'silent', activity: 'idle'})
      return deliverWaiting(draft, issue)
    case 'failed':
      moveAgent(draft, agent, {type: 'turnFailed', activity: report.error})
      return deliverWaiting(draft, issue)
    case 'lineFree':
      return takeLineFree(draft, agent, issue)
    case 'turnDone':
      moveAgent(draft, agent, {type: 'turnDone'})
      if (issue === null) return
      tellQuestion(draft, agent, issue, report.said)
      // A message that came meanwhile may hold just what the agent lacks.
      if (hasMessages(draft.state, issue)) return deliverMessages(draft, issue)
      return moveTicket(
        draft,
        issue,
        report.blocked === undefined ? {type: 'turnDone', said: report.said} : {type: 'gaveUp', reason: report.blocked},
      )
  }
}

/** Tells people what an agent asks at the end of its turn: no dialog shows it, and the agent is only reminded. */
function tellQuestion(draft: Draft, agent: AgentId, ticket: number, said: string | undefined): void {
  if (said === undefined || !isQuestion(said)) return
  const message = `${agent} asks: ${said}`
  draft.effects.push({name: 'record', event: {type: 'status_update', agent, ticket, severity: 'warning', message}})
}

function deliverWaiting(draft: Draft, issue: number | null): void {
  if (issue !== null && hasMessages(draft.state, issue)) deliverMessages(draft, issue)
}

/** Gives an agent what waited for its input line. */
function takeLineFree(draft: Draft, agent: AgentId, issue: number | null): void {
  const {activity, waitsFor} = draft.state.agents[agent]?.context ?? {}
  if (activity !== LINE_IN_USE) return
  if (waitsFor === 'start') takeReady(draft, agent)
  else deliverWaiting(draft, issue)
}

/** Prompts an agent whose client took no prompt until now. */
function takeReady(draft: Draft, agent: AgentId): void {
  const waitedFor = draft.state.agents[agent]?.context.waitsFor
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  const ticket = ticketOf(draft, agent)
  if (waitedFor !== 'start' || ticket?.value !== 'working') return
  const {issue, branch, assignment} = ticket.context
  draft.effects.push({name: 'promptAgent', ticket: issue, agent, branch, assignment})
}

/** Prompts an agent whose conversation began again with all that it needs; its work so far is in its worktree. */
function takeCleared(draft: Draft, agent: AgentId, session: string): void {
  const ticket = ticketOf(draft, agent)
  moveAgent(draft, agent, {type: 'busy', activity: 'reading'})
  if (!ticket) return
  const {issue, branch, assignment: before} = ticket.context
  const assignment = before.kind === 'repair' ? before : RESUME
  setTicket(draft, {...ticket, context: {...ticket.context, session, assignment}})
  draft.effects.push({name: 'keepSession', ticket: issue, session})
  // In any other state its work is being looked at, and the agent gets the result as its next prompt.
  if (ticket.value !== 'working') return
  draft.effects.push({name: 'promptAgent', ticket: issue, agent, branch, assignment, forgot: true})
}

function ticketOf({state}: Draft, agent: AgentId): TicketState | undefined {
  const issue = state.agents[agent]?.context.ticket ?? null
  return issue === null ? undefined : state.tickets[issue]
}
