import {hasName} from '../data/names.ts'
import type {Instruction, Mismatch, SeenOnGithub, Show} from '../data/show.ts'

/** What the comparison has to know of a ticket's status labels. */
export type StatusNames = {
  /** Every label that Clambake puts on and takes off. */
  ours: readonly string[]
  blockedLabel: string
  /** Whether the ticket is blocked now. */
  blocked: boolean
}

/** Finds where GitHub differs from what was written. What is unknown or never written does not differ. */
export function mismatchesOf(ticket: number, show: Show, seen: SeenOnGithub, signs: StatusNames): Mismatch[] {
  return [
    ...labelMismatch(ticket, show.labels, seen, signs),
    ...columnMismatch(ticket, show.column, seen, signs),
    ...assigneeMismatch(ticket, show.assignee, seen),
  ]
}

function labelMismatch(ticket: number, wanted: Show['labels'], {labels}: SeenOnGithub, signs: StatusNames): Mismatch[] {
  if (wanted === null) return []
  const found = signs.ours.filter(label => hasName(labels, label))
  if (wanted.every(label => hasName(found, label)) && found.every(label => hasName(wanted, label))) return []
  // A missing label may have been renamed, and a rename says nothing about any ticket.
  const word = !signs.blocked && hasName(found, signs.blockedLabel) ? 'stop' : null
  return [{ticket, part: 'labels', wanted: namesOf(wanted), found: namesOf(found), word}]
}

function columnMismatch(
  ticket: number,
  wanted: string | null,
  {column}: SeenOnGithub,
  {blocked}: StatusNames,
): Mismatch[] {
  if (wanted === null || column === undefined || column === wanted) return []
  return [{ticket, part: 'column', wanted, found: column ?? 'no card', word: columnWord(column, blocked)}]
}

function columnWord(column: string | null, blocked: boolean): Instruction | null {
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
function assigneeMismatch(ticket: number, wanted: string | null, {assignees}: SeenOnGithub): Mismatch[] {
  if (wanted === null || hasName(assignees, wanted)) return []
  return [
    {ticket, part: 'assignee', wanted, found: assignees.length === 0 ? 'nobody' : assignees.join(', '), word: null},
  ]
}

function namesOf(labels: readonly string[]): string {
  return labels.length === 0 ? 'none' : labels.join(', ')
}
