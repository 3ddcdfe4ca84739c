import type {DaemonState, PullRow, TicketRow} from '../../protocol/daemon.ts'
import type {Panel} from '../state/types.ts'

/** Orders of each panel; the first is the default. */
export const SORTS = {
  issues: ['attention', 'number', 'age', 'priority'],
  pulls: ['attention', 'number', 'age'],
  conflicts: ['age', 'number'],
  events: ['newest', 'oldest'],
} as const satisfies Record<Panel, readonly string[]>

export type Sort = (typeof SORTS)[Panel][number]

/** The order after this one, and around. */
export function nextSort(panel: Panel, sort: Sort): Sort {
  const all: readonly Sort[] = SORTS[panel]
  return all[(all.indexOf(sort) + 1) % all.length]!
}

const PRIORITIES: readonly TicketRow['priority'][] = ['unblocker', 'merge', 'high', 'medium', 'low', 'none']

/**
 * Issues by attention: those that need a person, agents' work by slot, the queue in the daemon's order, what cannot be
 * routed, what is done. Within one rank the daemon's order stays. By age: oldest first.
 */
export function sortIssues(rows: readonly TicketRow[], sort: Sort): TicketRow[] {
  switch (sort) {
    case 'number':
      return rows.toSorted((a, b) => a.number - b.number)
    case 'age':
      return rows.toSorted((a, b) => a.createdAt - b.createdAt)
    case 'priority':
      return rows.toSorted((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority))
    default:
      return rows.toSorted((a, b) => issueRank(a) - issueRank(b) || compareSlots(a, b))
  }
}

export function sortPulls(rows: readonly PullRow[], sort: Sort): PullRow[] {
  switch (sort) {
    case 'number':
      return rows.toSorted((a, b) => a.number - b.number)
    case 'age':
      return rows.toSorted((a, b) => a.since - b.since)
    default:
      return rows.toSorted((a, b) => pullRank(a) - pullRank(b))
  }
}

export function sortConflicts(rows: DaemonState['conflicts'], sort: Sort): DaemonState['conflicts'] {
  return sort === 'number'
    ? rows.toSorted((a, b) => a.ticket - b.ticket)
    : rows.toSorted((a, b) => a.since - b.since || a.ticket - b.ticket)
}

export function sortEvents(rows: DaemonState['events'], sort: Sort): DaemonState['events'] {
  return rows.toSorted((a, b) => (sort === 'oldest' ? a.seq - b.seq : b.seq - a.seq))
}

function issueRank(row: TicketRow): number {
  if (row.attention !== null) return 0
  if (row.phase === 'merged') return 4
  if (row.gate !== null || row.phase === 'blocked') return 3
  return row.phase === 'ready' ? 2 : 1
}

/** Only work in progress is ordered by its agent: agents are read from left to right. */
function compareSlots(a: TicketRow, b: TicketRow): number {
  return issueRank(a) === 1 ? (a.agent ?? '~').localeCompare(b.agent ?? '~') : 0
}

function pullRank(row: PullRow): number {
  if (row.state !== 'open') return 2
  return row.checks.state === 'failed' || row.mergeable === 'conflict' || row.review === 'changes' ? 0 : 1
}
