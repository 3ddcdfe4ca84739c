import {heldByBudget} from './budget.ts'
import {holderOf} from './claim.ts'
import {PRIORITY, type PriorityName} from './routing.ts'
import type {Supervisor} from './supervisor.ts'
import {thinkingText} from './thinking.ts'

/** Which issues a person wants routed; every condition given must hold. */
export type RouteFilter = {
  issue?: number
  /** This priority or a higher one. */
  priority?: PriorityName
  /** At least one of them. */
  labels?: readonly string[]
  /** None of them. */
  excludeLabels?: readonly string[]
  /** Passes over a missing label and an untrusted author; never over human-only, blocked or waiting. */
  force?: boolean
}

/** An open issue in routing order; `held` says why it is not claimed now, null: it is. */
export type RouteRow = {number: number; title: string; reasons: string[]; held: string | null}

/** All open issues in order, the first `max` that nothing holds back as chosen. Pure. */
export function selectRoutes(state: Supervisor, filter: RouteFilter, options: {at: number; max: number}): RouteRow[] {
  let left = options.max
  const budget = heldByBudget(state, options.at)
  return state.queue.map(({issue, priority, gate, reasons}) => {
    const {number, title, labels} = issue
    const ticket = state.tickets[number]
    const foreign = state.foreign[number]
    const refused = state.refused[number]
    const overruled = filter.force && (gate?.kind === 'label' || gate?.kind === 'author')
    const held =
      (ticket && `with ${ticket.context.agent}`) ||
      (foreign && `claimed by ${holderOf(foreign.record)}`) ||
      (gate && !overruled && gate.text) ||
      mismatch({number, priority, labels}, filter) ||
      budget ||
      (refused && refused.until > options.at && `its claim was refused: ${refused.reason}`) ||
      (left > 0 ? null : 'no agent is left for it')
    if (held === null) left--
    return {number, title, reasons: [...reasons, thinkingText(issue, state.config)], held}
  })
}

function mismatch(
  issue: {number: number; priority: PriorityName; labels: readonly string[]},
  {issue: wanted, priority, labels, excludeLabels}: RouteFilter,
): string | null {
  if (wanted !== undefined && wanted !== issue.number) return 'not asked for'
  if (priority !== undefined && PRIORITY[issue.priority] < PRIORITY[priority]) return `below priority ${priority}`
  if (labels && !labels.some(label => issue.labels.includes(label))) return `has none of ${labels.join(', ')}`
  const excluded = excludeLabels?.find(label => issue.labels.includes(label))
  return excluded === undefined ? null : `labelled ${excluded}`
}
