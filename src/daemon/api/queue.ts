import {ClambakeError} from '../../base/errors.ts'
import {heldByBudget} from '../../model/budget.ts'
import {holderOf} from '../../model/claim.ts'
import type {AgentId} from '../../model/ids.ts'
import {heldByLimit, nextRoutable} from '../../model/plan.ts'
import {selectRoutes} from '../../model/select.ts'
import {freeAgents, type Supervisor} from '../../model/supervisor.ts'
import {thinkingText} from '../../model/thinking.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {
  type ApiParts,
  claimEnd,
  claimWon,
  type Handlers,
  isKnown,
  lookIfBlind,
  noFreeAgent,
  unknownAgent,
} from './parts.ts'

/** What gives agents their tickets. */
export function queueHandlers(parts: ApiParts): Handlers<'pop' | 'peek' | 'route' | 'startAgent'> {
  const {engine} = parts
  return {
    pop: params => pop(parts, params),
    async peek({limit}) {
      await lookIfBlind(parts)
      const {queue, tickets, foreign, config} = engine.state()
      const budget = heldByBudget(engine.state(), parts.clock.now())
      return queue
        .filter(({issue}) => !tickets[issue.number])
        .slice(0, limit)
        .map(({issue, reasons, gate}) => ({
          number: issue.number,
          title: issue.title,
          reasons: [...reasons, thinkingText(issue, config)],
          gate: foreign[issue.number]
            ? `claimed by ${holderOf(foreign[issue.number]!.record)}`
            : (gate?.text ?? budget),
        }))
    },
    route: params => route(parts, params),
    startAgent: params => startAgent(parts, params),
  }
}

async function route(
  parts: ApiParts,
  {max, dryRun = false, think, ...filter}: DaemonApi['route']['params'],
): Promise<DaemonApi['route']['result']> {
  const {engine, clock} = parts
  await lookIfBlind(parts)
  const state = engine.state()
  const free = freeAgents(state).length
  if (free === 0 && !dryRun) throw noFreeAgent(state)
  const order = selectRoutes(state, filter, {at: clock.now(), max: Math.min(max ?? Number.POSITIVE_INFINITY, free)})
  if (dryRun) return {claimed: [], refused: [], order}
  const chosen = order.filter(({held}) => held === null).map(({number}) => number)
  const asked = think === undefined ? {} : {think}
  for (const issue of chosen) engine.dispatch({type: 'popAsked', issue, ...asked})
  const ends = await Promise.all(chosen.map(issue => claimEnd(engine, issue)))
  return {
    claimed: ends.flatMap(end => ('agent' in end ? [{ticket: end.issue, agent: end.agent}] : [])),
    refused: ends.flatMap(end => ('reason' in end ? [{ticket: end.issue, reason: end.reason}] : [])),
    order,
  }
}

async function pop(parts: ApiParts, params: DaemonApi['pop']['params']): Promise<DaemonApi['pop']['result']> {
  const {engine, reconciler} = parts
  await lookIfBlind(parts)
  if (params.issue !== undefined && !isKnown(engine.state(), params.issue)) await reconciler.look()
  refuseSpending(parts)
  const issue = params.issue ?? nextReady(parts)
  refusePop(parts, issue)
  if (!isKnown(engine.state(), issue)) throw await unknownIssue(parts, issue)
  const blocked = engine.state().tickets[issue]?.value === 'blocked'
  const asked = params.think === undefined ? {} : {think: params.think}
  engine.dispatch(blocked ? {type: 'retryAsked', ticket: issue, ...asked} : {type: 'popAsked', issue, ...asked})
  return claimWon(engine, issue)
}

/** The slot's blocked ticket is tried again, else it gets the next one in order. */
async function startAgent(
  parts: ApiParts,
  {agent}: DaemonApi['startAgent']['params'],
): Promise<DaemonApi['pop']['result']> {
  const {engine} = parts
  await lookIfBlind(parts)
  refuseBusy(engine.state(), agent)
  refuseSpending(parts)
  const blocked = Object.values(engine.state().tickets)
    .filter(({value, context}) => value === 'blocked' && context.agent === agent)
    .sort((one, other) => other.context.since - one.context.since)[0]
  if (blocked) {
    engine.dispatch({type: 'retryAsked', ticket: blocked.context.issue})
    return claimWon(engine, blocked.context.issue)
  }
  const issue = nextReady(parts)
  engine.dispatch({type: 'popAsked', issue, agent})
  return claimWon(engine, issue)
}

function refuseBusy(state: Supervisor, agent: AgentId): void {
  const slot = state.agents[agent]
  if (slot?.value === 'available') return
  if (!slot) throw unknownAgent(state, agent)
  throw new ClambakeError({
    code: 'agent-busy',
    message: `${agent} is at work${slot.context.ticket === null ? '' : ` on #${slot.context.ticket}`}`,
    next: `clambake attach ${agent}`,
  })
}

/** What starts an agent would wait until tomorrow. */
function refuseSpending({engine, clock}: ApiParts): void {
  const held = heldByBudget(engine.state(), clock.now())
  if (held === null) return
  throw new ClambakeError({
    code: 'budget-used-up',
    message: `No agent is started: ${held}`,
    kept: 'what was stopped for it goes on tomorrow',
    next: 'wait, or raise agents.max_budget_usd_per_day in clambake.toml and start the daemon anew',
  })
}

function nextReady({engine, clock}: ApiParts): number {
  const state = engine.state()
  const issue = nextRoutable(state, clock.now())
  if (issue !== undefined) return issue
  const held = heldByLimit(state, clock.now())
  if (held !== null) {
    throw new ClambakeError({
      code: 'usage-limit',
      message: `No agent is started by itself: ${held}`,
      kept: 'it goes on by itself then, and so does the routing',
      next: 'wait, or name an issue: clambake pop 123',
    })
  }
  throw new ClambakeError({
    code: 'nothing-ready',
    message: 'No issue is ready to be claimed',
    next: `put ${state.config.routing.routing_label} on an issue; clambake peek says what holds each one back`,
  })
}

/** Why a named issue cannot be popped; gates of routing that a person may overrule by naming it are not among them. */
export function refusePop({engine, book}: ApiParts, issue: number): void {
  const state = engine.state()
  const ticket = state.tickets[issue]
  const foreign = state.foreign[issue]
  const mine = book.get(issue)
  if (ticket && ticket.value !== 'blocked' && !foreign) {
    throw new ClambakeError({
      code: 'already-claimed',
      message: `#${issue} is already ${ticket.value} with ${mine ? holderOf(mine.record) : ticket.context.agent}`,
      next: `clambake why ${issue}; clambake attach ${ticket.context.agent}`,
    })
  }
  if (foreign) {
    throw new ClambakeError({
      code: 'already-claimed',
      message: `#${issue} is claimed by ${holderOf(foreign.record)}`,
      next: 'wait for it, or pop another',
    })
  }
  if (isKnown(state, issue) && freeAgents(state).length === 0) throw noFreeAgent(state)
}

/** What a number stands for that is no open issue. */
async function unknownIssue({github}: ApiParts, issue: number): Promise<ClambakeError> {
  const found = await github.issue(issue)
  const what = found?.state === 'closed' ? 'is closed' : 'is no issue of this repository'
  return new ClambakeError({
    code: found ? 'closed-issue' : 'unknown-issue',
    message: `#${issue} ${what}`,
    kept: 'nothing was claimed',
    next: found ? 'reopen it on GitHub, then pop it' : 'clambake peek lists the open ones',
  })
}
