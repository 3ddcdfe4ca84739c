import {sameLabel} from '../data/labels.ts'
import type {Mismatch, Seen, Show, Word} from '../data/show.ts'

/** Labels and columns that say more than where a ticket stands. */
export type Signs = {
  /** Every label that is ours to put on and take off. */
  ours: readonly string[]
  blockedLabel: string
  /** Whether the ticket is blocked now. */
  blocked: boolean
}

/** Where what GitHub shows differs from what it was told. What is not known, or not ours, never does. */
export function mismatchesOf(ticket: number, show: Show, seen: Seen, signs: Signs): Mismatch[] {
  return [
    ...labelMismatch(ticket, show.labels, seen, signs),
    ...columnMismatch(ticket, show.column, seen, signs),
    ...assigneeMismatch(ticket, show.assignee, seen),
  ]
}

function labelMismatch(ticket: number, wanted: Show['labels'], {labels}: Seen, signs: Signs): Mismatch[] {
  if (wanted === null) return []
  const found = signs.ours.filter(label => labels.some(other => sameLabel(other, label)))
  const has = (names: readonly string[], label: string) => names.some(name => sameLabel(name, label))
  if (wanted.every(label => has(found, label)) && found.every(label => has(wanted, label))) return []
  // A label that is missing may have been renamed, and a rename is no word on any ticket.
  const word = !signs.blocked && has(found, signs.blockedLabel) ? 'stop' : null
  return [{ticket, part: 'labels', wanted: namesOf(wanted), found: namesOf(found), word}]
}

function columnMismatch(ticket: number, wanted: string | null, {column}: Seen, {blocked}: Signs): Mismatch[] {
  if (wanted === null || column === undefined || column === wanted) return []
  return [{ticket, part: 'column', wanted, found: column ?? 'no card', word: columnWord(column, blocked)}]
}

function columnWord(column: string | null, blocked: boolean): Word | null {
  switch (column) {
    case 'Blocked':
      return blocked ? null : 'stop'
    case 'Backlog':
      return 'release'
    case 'Assigned':
    case 'In Progress':
      return blocked ? 'retry' : null
    // `Done` closes and merges nothing: only main says what is done.
    default:
      return null
  }
}

/** People may be assigned beside the slot's user. */
function assigneeMismatch(ticket: number, wanted: string | null, {assignees}: Seen): Mismatch[] {
  if (wanted === null || assignees.some(login => sameLabel(login, wanted))) return []
  return [
    {ticket, part: 'assignee', wanted, found: assignees.length === 0 ? 'nobody' : assignees.join(', '), word: null},
  ]
}

function namesOf(labels: readonly string[]): string {
  return labels.length === 0 ? 'none' : labels.join(', ')
}
