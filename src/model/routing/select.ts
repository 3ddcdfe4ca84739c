import type {State} from '../core/state.ts'
import type {Candidate, PriorityName} from '../data/candidate.ts'
import type {AgentId} from '../data/ids.ts'
import type {LoadBalance} from '../data/load-balance.ts'
import {hasName} from '../data/names.ts'
import {agentFor} from './balance.ts'
import {circumstancesOf, type Hold, holdsOn} from './holds.ts'
import {PRIORITY} from './order.ts'
import {noteStart} from './overlap.ts'
import {thinkingText} from './thinking.ts'

/** Which issues a person wants routed; every condition given must hold. */
export type RouteFilter = {
  /** Named by its number: a likely conflict with work under way is passed over. */
  issue?: number
  /** This priority or a higher one. */
  priority?: PriorityName
  /** At least one of them. */
  labels?: readonly string[]
  /** None of them. */
  excludeLabels?: readonly string[]
  /** Passes over a missing label, an untrusted author, a likely conflict and a usage limit; never over human-only, blocked or waiting. */
  force?: boolean
}

/** An open issue in routing order; `held` says why it is not claimed now, null: it is, by `agent`. */
export type RouteRow = {
  number: number
  title: string
  reasons: string[]
  held: string | null
  /** What a person's word passed over, of one that is claimed: `labelled human-only`. */
  passed: string[]
  agent: AgentId | null
}

const FORCED: readonly Hold['kind'][] = ['label', 'author', 'overlap', 'limit', 'hours']

/**
 * All open issues in order, the first `max` that nothing holds back as chosen. `unmet`: what else holds an issue back,
 * by its number. Pure.
 */
export function selectRoutes(
  state: State,
  filter: RouteFilter,
  options: {at: number; max: number; balance?: LoadBalance; unmet?: ReadonlyMap<number, string>},
): RouteRow[] {
  const {at, max, unmet} = options
  const around = circumstancesOf(state, at, options.balance)
  const {balance} = around
  const busy = new Map(around.busy)
  const free = new Set(around.free)
  let left = Math.min(max, free.size)
  let {tally} = state

  function choose(candidate: Candidate): AgentId | null {
    const agent = agentFor({issue: candidate.issue, free: [...free], state: {...state, tally}, balance, at})
    if (agent === null) return null
    left--
    free.delete(agent)
    tally = {...tally, last: agent}
    noteStart(busy, candidate)
    return agent
  }

  return state.queue.map(candidate => {
    const {issue} = candidate
    const {number, title} = issue
    const reasons = [...candidate.reasons, thinkingText(issue, state.config)]
    const other = mismatch(candidate, filter)
    const {held, passed} =
      other === null
        ? weighed(holdsOn(candidate, state, {...around, busy, free: [...free]}), filter)
        : {held: other, passed: []}
    const against = held ?? unmet?.get(number) ?? (left > 0 ? null : 'no agent is left for it')
    const agent = against === null ? choose(candidate) : null
    return {number, title, reasons, agent, held: against, passed: against === null ? passed : []}
  })
}

/** The first hold that the person's words do not overrule, and those that they do. */
function weighed(holds: Iterable<Hold>, {issue, force}: RouteFilter): {held: string | null; passed: string[]} {
  const passed: string[] = []
  for (const {kind, text} of holds) {
    const overruled = (force && FORCED.includes(kind)) || (issue !== undefined && kind === 'overlap')
    if (!overruled) return {held: text, passed}
    passed.push(text)
  }
  return {held: null, passed}
}

function mismatch(
  {issue: {number, labels: own}, priority: rank}: Candidate,
  {issue: wanted, priority, labels, excludeLabels}: RouteFilter,
): string | null {
  if (wanted !== undefined && wanted !== number) return 'not asked for'
  if (priority !== undefined && PRIORITY[rank] < PRIORITY[priority]) return `below priority ${priority}`
  if (labels && !labels.some(label => hasName(own, label))) return `has none of ${labels.join(', ')}`
  const excluded = excludeLabels?.find(label => hasName(own, label))
  return excluded === undefined ? null : `labelled ${excluded}`
}
