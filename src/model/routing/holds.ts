import {freeAgents, slotsAtWork} from '../core/slots.ts'
import type {State} from '../core/state.ts'
import type {Candidate, Gate} from '../data/candidate.ts'
import {holderOf} from '../data/claim.ts'
import type {AgentId} from '../data/ids.ts'
import type {LoadBalance} from '../data/load-balance.ts'
import {heldByBudget} from '../spending/budget.ts'
import {heldByLimit} from '../spending/limit.ts'
import {agentFor} from './balance.ts'
import {heldByDisk} from './disk.ts'
import {type Busy, busyPaths, likelyConflict} from './overlap.ts'
import {heldByProfile} from './profile.ts'

/** What keeps an issue from being claimed without being named. */
export type Hold = {
  kind:
    | Gate['kind']
    | 'ticket'
    | 'claimed'
    | 'budget'
    | 'profile'
    | 'disk'
    | 'limit'
    | 'refused'
    | 'overlap'
    | 'skill'
    | 'hours'
  text: string
}

/** What holds for all issues at a moment; worked out once for a whole queue. */
export type Circumstances = {
  at: number
  budget: string | null
  /** No agent can start on this machine. */
  profile: string | null
  /** The worktrees use as much of the disk as they may. */
  disk: string | null
  /** An agent's usage limit, which is its account's. */
  limit: string | null
  busy: Busy
  /** Free slots within their working hours. */
  free: readonly AgentId[]
  /** Slots are free, and all of them are outside of their working hours. */
  isAfterHours: boolean
  balance: LoadBalance
}

/** Collects what holds for all issues at this moment. */
export function circumstancesOf(
  state: State,
  at: number,
  balance: LoadBalance = state.config.routing.load_balance,
): Circumstances {
  const free = slotsAtWork(state, at)
  return {
    at,
    budget: heldByBudget(state, at),
    profile: heldByProfile(state),
    disk: heldByDisk(state),
    limit: heldByLimit(state, at),
    busy: busyPaths(state),
    free,
    isAfterHours: free.length === 0 && freeAgents(state).length > 0,
    balance,
  }
}

/**
 * All that holds a candidate back, what lasts longest first; nothing: it may be claimed as soon as an agent is free.
 * Each is only worked out when it is asked for. Pure.
 */
export function* holdsOn(candidate: Candidate, state: State, around: Circumstances): Generator<Hold> {
  const {issue, gates} = candidate
  const {at, budget, profile, disk, limit, busy, free, balance, isAfterHours} = around
  const ticket = state.tickets[issue.number]
  const foreign = state.foreign[issue.number]
  const refused = state.refused[issue.number]
  if (ticket) yield {kind: 'ticket', text: `with ${ticket.context.agent}`}
  if (foreign) yield {kind: 'claimed', text: `claimed by ${holderOf(foreign)}`}
  yield* gates
  if (budget !== null) yield {kind: 'budget', text: budget}
  if (profile !== null) yield {kind: 'profile', text: profile}
  if (disk !== null) yield {kind: 'disk', text: disk}
  if (limit !== null) yield {kind: 'limit', text: limit}
  if (refused && refused.until > at) yield {kind: 'refused', text: `its claim was refused: ${refused.reason}`}
  const conflict = likelyConflict(candidate, busy)
  if (conflict !== null) yield {kind: 'overlap', text: conflict}
  if (isAfterHours) yield {kind: 'hours', text: 'every free agent is outside its working hours'}
  // Otherwise there is always one; and while none is free it is not decided who would take it.
  if (balance === 'skill' && free.length > 0 && agentFor({issue, free, state, balance, at}) === null) {
    yield {kind: 'skill', text: 'every free agent specializes in something else'}
  }
}
