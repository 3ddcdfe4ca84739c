import type {StoredEvent} from '../../model/data/event.ts'
import type {DaemonState, PullRow, TicketRow} from '../../protocol/daemon.ts'
import type {ClientState, Lists, UiState} from '../state/state.ts'
import type {ConflictRow} from '../state/subject.ts'
import type {Panel, Rect} from '../state/types.ts'
import {sortConflicts, sortEvents, sortIssues, sortPulls} from './sorts.ts'

/** Identity of a row within its list: what a selection holds on to. */
const KEY_OF: {[panel in Panel]: (row: Lists[panel][number]) => string} = {
  issues: row => `#${row.number}`,
  pulls: row => `#${row.number}`,
  conflicts: row => `#${row.ticket} ${row.branch}`,
  events: row => `${row.seq}`,
}

export function keyOf<P extends Panel>(panel: P, row: Lists[P][number]): string {
  return KEY_OF[panel](row)
}

export function keysOf(panel: Panel, lists: Lists): string[] {
  return (lists[panel] as readonly never[]).map(KEY_OF[panel] as (row: never) => string)
}

/** The row that is selected in a panel, if there is one. */
export function selectedRow<P extends Panel>(state: ClientState, panel: P): Lists[P][number] | undefined {
  const {key, index} = state.ui.selection[panel]
  return key === null ? undefined : (state.lists[panel][index] as Lists[P][number])
}

/** Lines of a panel that hold rows: its height without the border and, for pull requests, the train's line. */
export function visibleRows(panel: Panel, rect: Rect): number {
  const inner = Math.max(0, rect.height - 2)
  return panel === 'pulls' && inner > 2 ? inner - 1 : inner
}

/** The first row of a window of `height` rows that shows `index`, moved from `top` as little as possible. */
export function windowTop(window: {top: number; index: number; height: number; length: number}): number {
  const {top, index, height, length} = window
  const shown = Math.min(Math.max(top, index - height + 1), index)
  return Math.max(0, Math.min(shown, length - height))
}

/** Rows as shown: those with all words of the panel's filter, in the panel's order. */
export function listsOf(
  domain: Omit<DaemonState, 'header' | 'agents'>,
  {filters, sorts}: Pick<UiState, 'filters' | 'sorts'>,
): Lists {
  return {
    issues: sortIssues(filtered(domain.tickets, filters.issues, issueText), sorts.issues),
    pulls: sortPulls(filtered(domain.pulls, filters.pulls, pullText), sorts.pulls),
    conflicts: sortConflicts(filtered(domain.conflicts, filters.conflicts, conflictText), sorts.conflicts),
    events: sortEvents(filtered(domain.events, filters.events, eventText), sorts.events),
  }
}

/** Rows of a panel that are marked and shown, in the order of the list. */
export function markedRows<P extends Panel>(state: ClientState, panel: P): Lists[P] {
  const marks = new Set(state.ui.marks[panel])
  if (marks.size === 0) return [] as unknown as Lists[P]
  const keys = keysOf(panel, state.lists)
  return (state.lists[panel] as readonly never[]).filter((_, index) => marks.has(keys[index]!)) as unknown as Lists[P]
}

/** A ticket that `pop` could take now. */
export function isReady(row: TicketRow): boolean {
  return row.phase === 'ready' && row.gate === null && row.foreignOwner === null
}

/** What a person may have an agent begin by choosing it: what is ready, and what was given up and is ours. */
export function isClaimable(row: TicketRow): boolean {
  return isReady(row) || (row.phase === 'blocked' && row.foreignOwner === null)
}

function filtered<Row>(rows: readonly Row[], filter: string, textOf: (row: Row) => string): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(row => {
    const text = textOf(row).toLowerCase()
    return words.every(word => text.includes(word))
  })
}

function issueText(row: TicketRow): string {
  return `#${row.number} ${row.title} ${row.agent ?? ''} ${row.phase} ${row.priority} ${row.gate?.text ?? ''}`
}

function pullText(row: PullRow): string {
  return `#${row.number} ${row.title} ${row.state} ${row.checks.state} ${row.mergeable} ${row.review}`
}

function conflictText(row: ConflictRow): string {
  return `#${row.ticket} ${row.branch} ${row.paths.join(' ')}`
}

function eventText(row: StoredEvent): string {
  return `${row.type} ${row.message} ${row.agent ?? ''} ${row.ticket === undefined ? '' : `#${row.ticket}`}`
}
