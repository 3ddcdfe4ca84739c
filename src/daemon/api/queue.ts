import {ClambakeError} from '../../base/errors.ts'
import {AGENT_STATES} from '../../model/agent/states.ts'
import {unknownAgent} from '../../model/agent/unknown.ts'
import {freeAgents} from '../../model/core/slots.ts'
import type {State} from '../../model/core/state.ts'
import {holderOf} from '../../model/data/claim.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {Issue} from '../../model/data/issue.ts'
import {hasName} from '../../model/data/names.ts'
import {type Circumstances, circumstancesOf, type Hold, holdsOn} from '../../model/routing/holds.ts'
import {nextRoutable} from '../../model/routing/next-routable.ts'
import {holdCounts} from '../../model/routing/taken.ts'
import {heldByLimit} from '../../model/spending/limit.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {
  type ApiParts,
  claimWon,
  ensureLooked,
  type Handlers,
  isKnown,
  noFreeAgent,
  refuseDisk,
  refuseProfile,
  refuseSpending,
} from './parts.ts'
import {routeHandlers} from './route.ts'

/** The methods that give agents their tickets. */
export function queueHandlers(parts: ApiParts): Handlers<'pop' | 'peek' | 'route' | 'startAgent'> {
  return {
    ...routeHandlers(parts),
    pop: params => pop(parts, params),
    startAgent: params => startAgent(parts, params),
  }
}

async function pop(parts: ApiParts, params: DaemonApi['pop']['params']): Promise<DaemonApi['pop']['result']> {
  const {engine, reconciler} = parts
  await ensureLooked(parts)
  if (params.issue !== undefined && !isKnown(engine.state(), params.issue)) await reconciler.look()
  refuseSpending(parts)
  refuseProfile(parts)
  const issue = params.issue ?? nextReady(parts, params.mine ? await assignedToViewer(parts) : undefined)
  refusePop(parts, issue)
  if (!isKnown(engine.state(), issue)) throw await unknownIssue(parts, issue)
  const ticket = engine.state().tickets[issue]
  const isRetry = ticket !== undefined && TICKET_STATES[ticket.value].may.retry
  if (!isRetry) refuseDisk(parts)
  const passed = params.issue === undefined ? [] : passedOver(parts, issue, params)
  const asked = params.think === undefined ? {} : {think: params.think}
  engine.dispatch(
    isRetry
      ? {type: 'retryAsked', ticket: issue, ...asked}
      : {type: 'popAsked', issue, ...(params.issue === undefined && {inOrder: true}), ...asked},
  )
  return {...(await claimWon(engine, issue)), ...(passed.length > 0 && {passed})}
}

/** What only a person who knows of it may pass over. A missing label is said by naming the issue. */
const ASKED: readonly Hold['kind'][] = ['human', 'author', 'blocked', 'circle', 'waits']

/**
 * What naming an issue passes over. Throws `gated` for what needs a person's yes, unless `force` is given, or `over` is
 * that very refusal: more may hold the issue back by now than the person was shown. A ticket that is blocked has its
 * labels from Clambake, so only one for a person counts there.
 */
function passedOver(
  {engine, clock}: ApiParts,
  issue: number,
  {force = false, over}: Pick<DaemonApi['pop']['params'], 'force' | 'over'>,
): string[] {
  const state = engine.state()
  const candidate = state.queue.find(({issue: {number}}) => number === issue)
  if (!candidate) return []
  const isRetry = state.tickets[issue] !== undefined
  const holds = isRetry
    ? candidate.gates.filter(({kind}) => kind === 'human')
    : [...holdsOn(candidate, state, circumstancesOf(state, clock.now()))]
  const asked = holds.filter(({kind}) => ASKED.includes(kind)).map(({text}) => text)
  if (asked.length === 0 || force) return holds.map(({text}) => text)
  const refused = new ClambakeError({
    code: 'gated',
    message: `#${issue} is held back: ${asked.join('; ')}`,
    kept: 'nothing was claimed',
    next: `clambake pop ${issue} --force starts an agent on it anyway`,
  })
  if (over !== refused.message) throw refused
  return holds.map(({text}) => text)
}

/** Retries the slot's blocked ticket, or claims the next one in order for it. */
async function startAgent(
  parts: ApiParts,
  {agent}: DaemonApi['startAgent']['params'],
): Promise<DaemonApi['pop']['result']> {
  const {engine} = parts
  await ensureLooked(parts)
  refuseBusy(engine.state(), agent)
  refuseSpending(parts)
  refuseProfile(parts)
  const blocked = Object.values(engine.state().tickets)
    .filter(({value, context}) => TICKET_STATES[value].may.retry && context.agent === agent)
    .sort((one, other) => other.context.since - one.context.since)[0]
  if (blocked) {
    engine.dispatch({type: 'retryAsked', ticket: blocked.context.issue})
    return claimWon(engine, blocked.context.issue)
  }
  refuseDisk(parts)
  const issue = nextReady(parts)
  engine.dispatch({type: 'popAsked', issue, agent, inOrder: true})
  return claimWon(engine, issue)
}

function refuseBusy(state: State, agent: AgentId): void {
  const slot = state.agents[agent]
  if (slot && AGENT_STATES[slot.value].free) return
  if (!slot) throw unknownAgent(Object.keys(state.agents), agent)
  throw new ClambakeError({
    code: 'agent-busy',
    message: `${agent} is at work${slot.context.ticket === null ? '' : ` on #${slot.context.ticket}`}`,
    next: `clambake attach ${agent}`,
  })
}

type Mine = {viewer: string; is: (issue: Issue) => boolean}

async function assignedToViewer({github}: ApiParts): Promise<Mine> {
  const viewer = await github.viewer()
  return {viewer, is: ({assignees}) => hasName(assignees, viewer)}
}

/** What holds all unclaimed issues back, counted: `: 3 wait for others, 1 for a person`. */
function allHeld(state: State, around: Circumstances, mine: Mine | undefined): string {
  const kinds = state.queue
    .filter(({issue}) => !state.tickets[issue.number] && (mine?.is(issue) ?? true))
    .flatMap(candidate => holdsOn(candidate, state, around).next().value?.kind ?? [])
  return kinds.length === 0 ? '' : `: ${holdCounts(kinds)}`
}

function nextReady({engine, clock}: ApiParts, mine?: Mine): number {
  const state = engine.state()
  const at = clock.now()
  const issue = nextRoutable(state, at, mine?.is)
  if (issue !== undefined) return issue
  const held = heldByLimit(state, at)
  if (held !== null) {
    throw new ClambakeError({
      code: 'usage-limit',
      message: `No agent is started by itself: ${held}`,
      kept: 'agents and routing continue by themselves after the limit',
      next: 'wait, or name an issue: clambake pop 123',
    })
  }
  const around = circumstancesOf(state, at)
  if (mine && !state.queue.some(({issue}) => mine.is(issue) && !state.tickets[issue.number])) {
    throw new ClambakeError({
      code: 'nothing-ready',
      message: `No unclaimed open issue is assigned to ${mine.viewer}`,
      next: 'assign one on GitHub, or leave --mine out',
    })
  }
  const putOff = state.queue.find(candidate => {
    if (mine && !mine.is(candidate.issue)) return false
    const hold = holdsOn(candidate, state, around).next().value
    return hold?.kind === 'overlap' || hold?.kind === 'skill' || hold?.kind === 'hours'
  })
  const reason = putOff && holdsOn(putOff, state, around).next().value?.text
  throw new ClambakeError({
    code: 'nothing-ready',
    message: reason
      ? `No issue is ready to be claimed: #${putOff.issue.number} ${reason}`
      : `No issue is ready to be claimed${allHeld(state, around, mine)}`,
    next: putOff
      ? `clambake pop ${putOff.issue.number} starts it anyway; clambake peek says what holds each one back`
      : `put ${state.config.routing.routing_label} on an issue; clambake peek says what holds each one back`,
  })
}

/** Throws when a named issue cannot be popped. */
function refusePop({engine, book}: ApiParts, issue: number): void {
  const state = engine.state()
  const ticket = state.tickets[issue]
  const foreign = state.foreign[issue]
  const mine = book.get(issue)
  if (ticket && TICKET_STATES[ticket.value].is.over && !foreign) {
    throw new ClambakeError({
      code: 'already-claimed',
      message: `#${issue} is already ${ticket.value}, and ${ticket.context.agent} had it`,
      next: `clambake why ${issue}`,
    })
  }
  if (ticket && ticket.value !== 'blocked' && !foreign) {
    throw new ClambakeError({
      code: 'already-claimed',
      message: `#${issue} is already ${ticket.value} with ${mine ? holderOf(mine) : ticket.context.agent}`,
      next: TICKET_STATES[ticket.value].is.atRest
        ? `clambake why ${issue}; clambake land tries it again`
        : `clambake why ${issue}; clambake attach ${ticket.context.agent}`,
    })
  }
  if (foreign) {
    throw new ClambakeError({
      code: 'already-claimed',
      message: `#${issue} is claimed by ${holderOf(foreign)}`,
      next: 'wait for it, or pop another',
    })
  }
  if (isKnown(state, issue) && freeAgents(state).length === 0) throw noFreeAgent(state)
}

/** The error for a number that is not an open issue. */
async function unknownIssue({github}: ApiParts, issue: number): Promise<ClambakeError> {
  const found = await github.issue(issue)
  const what = found?.state === 'closed' ? 'is closed' : 'is not an issue of this repository'
  return new ClambakeError({
    code: found ? 'closed-issue' : 'unknown-issue',
    message: `#${issue} ${what}`,
    kept: 'nothing was claimed',
    next: found ? 'reopen it on GitHub, then pop it' : 'clambake peek lists the open ones',
  })
}
