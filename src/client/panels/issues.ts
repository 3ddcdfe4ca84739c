import type {TicketPhase, TicketRow} from '../../protocol/daemon.ts'
import type {PanelSpec} from './panel.ts'

const PRIORITIES: readonly TicketRow['priority'][] = ['unblocker', 'merge', 'high', 'medium', 'low', 'none']

/**
 * The queue. By attention: those that need a person, agents' work by slot, the queue in the daemon's order, what cannot
 * be routed, what is done. Within one rank the daemon's order stays. By age: oldest first.
 */
export const ISSUES: PanelSpec<TicketRow, ['tickets']> = {
  name: 'Issues',
  short: 'Issues',
  weight: 11,
  from: ['tickets'],
  rows: ({tickets}) => tickets,
  keyOf: row => `#${row.number}`,
  textOf: row => `#${row.number} ${row.title} ${row.agent ?? ''} ${row.phase} ${row.priority} ${row.gate?.text ?? ''}`,
  orders: [
    {name: 'attention', sort: rows => rows.toSorted((a, b) => rank(a) - rank(b) || compareSlots(a, b))},
    {name: 'number', sort: rows => rows.toSorted((a, b) => a.number - b.number)},
    {name: 'age', sort: rows => rows.toSorted((a, b) => a.createdAt - b.createdAt)},
    {
      name: 'priority',
      sort: rows => rows.toSorted((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority)),
    },
  ],
  subjectOf: ({number}) => ({kind: 'issue', number}),
  landedBy: ({number}) => number,
}

/** A ticket that `pop` could take now. */
export function isReady(row: TicketRow): boolean {
  return row.phase === 'ready' && row.gate === null && row.foreignOwner === null
}

/** Whether a person may start an agent on the ticket by choosing it: it is ready, or it was given up here. */
export function isClaimable(row: TicketRow): boolean {
  return isReady(row) || (row.phase === 'blocked' && row.foreignOwner === null)
}

/** Agents' work, the queue, what cannot be routed, what is done. */
const RANKS: Readonly<Record<TicketPhase, 1 | 2 | 3 | 4>> = {
  claimed: 1,
  working: 1,
  review: 1,
  orphaned: 1,
  ready: 2,
  blocked: 3,
  merged: 4,
}

/** 0: it needs a person. */
function rank({attention, gate, phase}: TicketRow): number {
  if (attention !== null) return 0
  return gate === null ? RANKS[phase] : Math.max(RANKS[phase], RANKS.blocked)
}

/** Only work in progress is ordered by its agent: agents are read from left to right. */
function compareSlots(a: TicketRow, b: TicketRow): number {
  return rank(a) === 1 ? (a.agent ?? '~').localeCompare(b.agent ?? '~') : 0
}
