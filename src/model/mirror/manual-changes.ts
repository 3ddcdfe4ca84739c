import type {ErrorCode} from '../../base/error-codes.ts'
import {type Draft, moveTicket} from '../core/draft.ts'
import type {State} from '../core/state.ts'
import type {Effect} from '../data/effects.ts'
import {hasName} from '../data/names.ts'
import {ACTS, type Act, type Mismatch, type Observation, type SeenOnGithub, type Strategy} from '../data/show.ts'
import {renewBudget} from '../spending/budget.ts'
import {writeUsage} from '../spending/usage.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {mismatchesOf} from './mismatch.ts'
import {ownStatusLabels, showOf, statusNamesOf} from './show.ts'
import {forgetWritten, setWritten} from './written.ts'

/** A change by hand: which side wins, and what follows from it. */
export type Resolution = Mismatch & {choice: 'github' | 'local' | 'ask'; act: Act}

const CHOICE: Record<Strategy, Resolution['choice']> = {
  'github-wins': 'github',
  'local-wins': 'local',
  manual: 'ask',
}

/** Error code of an effect that found no issue to write to. */
export const ISSUE_GONE: ErrorCode = 'issue-gone'
/** The reason of a ticket whose issue no longer exists. */
export const GONE = 'its issue is gone from this repository: it was deleted or transferred'

/** Of several instructions on one ticket, the first in this order counts. */
const ORDER: readonly Act[] = ['release', 'stop', 'retry']

/** Resolves the changes that a look found. A ticket that was written again since is not judged. Pure. */
export function judge(state: State, observations: readonly Observation[], strategy: Strategy): Resolution[] {
  return observations.flatMap(observation => {
    const ticket = state.tickets[observation.ticket]
    if (!ticket || observation.seen === null || !isCurrent(state, observation)) return []
    return changesOf(state, ticket, observation.seen).flatMap((mismatch): Resolution[] => {
      const choice = CHOICE[strategy]
      if (choice === 'github' && isLeft(state, mismatch)) return []
      return [{...mismatch, choice, act: actOf(mismatch, choice, ticket)}]
    })
  })
}

/** Acts on the resolutions of `judge`. */
export function takeObservations(draft: Draft, observations: readonly Observation[], strategy: Strategy): void {
  const resolutions = judge(draft.state, observations, strategy)
  for (const observation of observations) {
    if (!isCurrent(draft.state, observation)) continue
    if (observation.seen === null) takeGone(draft, observation.ticket)
    else
      resolve(
        draft,
        observation,
        resolutions.filter(({ticket}) => ticket === observation.ticket),
      )
  }
}

/** For people: `#7 column: Blocked instead of In Progress; put back`. */
function describeResolution({ticket, part, wanted, found, act}: Resolution): string {
  return `#${ticket} ${part}: ${found} instead of ${wanted}; ${ACTS[act]}`
}

/** Whether the answer is about what was written last: meanwhile the ticket may be written again, or be gone. */
function isCurrent(state: State, {ticket, since}: Observation): boolean {
  return state.tickets[ticket] !== undefined && state.written[ticket]?.at === since
}

function changesOf(state: State, ticket: TicketState, seen: SeenOnGithub): Mismatch[] {
  const {issue} = ticket.context
  const show = showOf(ticket, state)
  const missing = state.written[issue]?.missing ?? []
  if (show === null) return []
  return mismatchesOf(issue, show, seen, statusNamesOf(state, ticket)).filter(({part}) => !missing.includes(part))
}

function isLeft(state: State, {ticket, part, found}: Mismatch): boolean {
  return (state.written[ticket]?.left ?? []).some(left => left.part === part && left.found === found)
}

function actOf({word}: Mismatch, choice: Resolution['choice'], {value}: TicketState): Act {
  if (choice === 'local') return 'put back'
  if (choice === 'ask') return 'ask'
  if (word === null) return 'leave'
  if (word === 'retry') return 'retry'
  if (word === 'release' && TICKET_STATES[value].may.retry) return 'release'
  return TICKET_STATES[value].may.stop ? word : 'later'
}

function resolve(draft: Draft, {ticket}: Observation, resolutions: readonly Resolution[]): void {
  const written = draft.state.written[ticket]
  if (!written) return
  const asks = resolutions.filter(({act}) => act === 'ask')
  const news = asks.filter(({part, found}) => !written.asks.some(ask => ask.part === part && ask.found === found))
  const left = [...written.left, ...resolutions.filter(({act}) => act === 'leave')]
  setWritten(draft, ticket, {...written, asks, left})
  for (const resolution of resolutions) {
    if (resolution.act !== 'later' && resolution.act !== 'ask') record(draft, resolution)
  }
  for (const resolution of news) ask(draft, resolution)
  if (resolutions.some(({act}) => act === 'put back')) forgetWritten(draft, ticket)
  const instruction = ORDER.find(act => resolutions.some(resolution => resolution.act === act))
  const by = resolutions.find(({act}) => act === instruction)
  if (!instruction || !by) return
  const reason = `its ${by.part === 'column' ? 'card' : 'label'} was set to ${by.found} by hand`
  if (instruction === 'retry') {
    renewBudget(draft, ticket)
    moveTicket(draft, ticket, {type: 'retry'})
  } else stop(draft, ticket, reason)
  if (instruction === 'release') releaseBlocked(draft, ticket, {reason, add: []})
}

/**
 * Releases a blocked ticket, and labels it so. The card stays where a person put it, so `blocked` is not written on the way.
 */
export function releaseBlocked(
  draft: Draft,
  issue: number,
  {reason, add}: {reason: string; add: readonly string[]},
): void {
  const unassign = draft.state.written[issue]?.show.assignee ?? null
  if (!assumeWritten(draft, issue)) return
  const remove = ownStatusLabels(draft.state).filter(label => !hasName(add, label))
  draft.effects.push({name: 'releaseTicket', ticket: issue, add, remove, unassign, reason})
}

/** Takes it as written that a ticket is blocked. Returns false if it is not blocked. */
function assumeWritten(draft: Draft, issue: number): boolean {
  const ticket = draft.state.tickets[issue]
  const written = draft.state.written[issue]
  const show = ticket && TICKET_STATES[ticket.value].may.retry ? showOf(ticket, draft.state) : null
  if (!written || !show) return false
  setWritten(draft, issue, {...written, show, at: null, missing: []})
  return true
}

/** Stops a ticket: its work is saved first, and the claim stays. */
function stop(draft: Draft, issue: number, reason: string): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket || !TICKET_STATES[ticket.value].may.stop) return
  const {agent, worktree} = ticket.context
  const pane = draft.state.agents[agent]?.context.pane
  if (pane && draft.state.agents[agent]?.context.ticket === issue) writeUsage(draft, pane)
  const before = draft.effects.length
  moveTicket(draft, issue, {type: 'stop', reason})
  if (worktree === null || draft.state.tickets[issue]?.value !== 'blocked') return
  const save: Effect = {name: 'saveWork', ticket: issue, agent, worktree, reason: `stopped: ${reason}`}
  draft.effects.splice(before, 0, save)
}

/** Stops a ticket whose issue was deleted or transferred: nothing is written there, and its work is kept. */
export function takeGone(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (!ticket) return
  if (TICKET_STATES[ticket.value].may.stop) stop(draft, issue, GONE)
  // Its merge had not begun, and without an issue there is nothing to close.
  else if (ticket.value === 'merging') moveTicket(draft, issue, {type: 'failed', reason: GONE, lost: false})
  assumeWritten(draft, issue)
}

function record(draft: Draft, resolution: Resolution): void {
  const {ticket} = resolution
  const message = `changed by hand on GitHub: ${describeResolution(resolution)}`
  draft.effects.push({name: 'record', event: {type: 'status_update', ticket, message}})
}

function ask(draft: Draft, {ticket, part, wanted, found}: Resolution): void {
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `The ${part} of #${ticket} was changed by hand on GitHub: ${found} instead of ${wanted}`,
    kept: 'both as they are',
    next: 'S shows it; or clambake sync',
  })
}
