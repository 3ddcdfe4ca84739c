import type {Draft} from '../core/draft.ts'
import type {Fact} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import type {Effect} from '../data/effects.ts'
import {hasName, sameName} from '../data/names.ts'
import type {Replaceable, Show, Written} from '../data/show.ts'
import {ownStatusLabels, showOf} from './show.ts'
import {writtenNow} from './written.ts'

/** GitHub's answers may not show what was written within this time. */
export const SETTLE_MS = 5000

/**
 * Writes to GitHub the tickets whose labels, column or assignee should differ from what was last written. After a look
 * at GitHub it writes again what could not be written, and asks for a look at what was written a moment ago.
 */
export function mirrorTickets(draft: Draft, fact: Fact): void {
  const isLook = fact.type === 'githubSeen'
  const written = {...draft.state.written}
  for (const ticket of Object.values(draft.state.tickets)) {
    const {issue} = ticket.context
    const show = showOf(ticket, draft.state)
    if (show === null || isNothing(show)) continue
    const last = written[issue]
    const failed = last?.missing.some(part => part !== 'assignee') ?? false
    if (last && sameShow(last.show, show) && !(isLook && failed)) continue
    const before = last ? replaceableOf(last, draft.state.config) : null
    written[issue] = {...writtenNow(show), before}
    draft.effects.push(writeTicket(draft.state, {issue, show, before, last: last?.show ?? null}))
  }
  draft.state = {...draft.state, written}
  if (isLook) draft.effects.push(...lookDue(draft.state, draft.at))
}

/** Asks for a look at tickets that were written long enough ago: a difference is then a change by hand. */
function lookDue(state: State, at: number): Effect[] {
  const tickets = watched(state).filter(({since}) => at - since >= SETTLE_MS)
  return tickets.length === 0 ? [] : [{name: 'lookAtTickets', tickets}]
}

/** This daemon's tickets that GitHub shows as written, and since when. */
export function watched(state: State): {ticket: number; since: number}[] {
  return Object.values(state.tickets).flatMap(ticket => {
    const written = state.written[ticket.context.issue]
    if (written?.at == null || ticket.value === 'merged' || showOf(ticket, state) === null) return []
    return [{ticket: ticket.context.issue, since: written.at}]
  })
}

/** What the next write may replace on GitHub. A write that was not seen to arrive may have failed. */
function replaceableOf(
  {show, at, missing, before, left}: Written,
  {routing, sync}: State['config'],
): Replaceable | null {
  if (sync.strategy === 'local-wins') return null
  const hasArrived = at !== null && !missing.includes('column') && !missing.includes('labels')
  if (!hasArrived && before === null) return null
  const columns = [show.column, ...left.filter(({part}) => part === 'column').map(({found}) => found)]
  return {
    columns: [...(hasArrived ? [] : before!.columns), ...columns.filter(column => column !== null)],
    blocked: hasName(show.labels ?? [], routing.blocked_label) || (!hasArrived && before!.blocked),
  }
}

/** `last`: what was written before; its labels may have other names by now, or name a slot that is gone. */
function writeTicket(
  state: State,
  {issue, show, before, last}: {issue: number; show: Show; before: Replaceable | null; last: Show | null},
): Effect {
  const {labels, column, assignee} = show
  const assigned = last?.assignee ?? null
  const add = labels ?? []
  const {blocked_label} = state.config.routing
  const ours = [...ownStatusLabels(state), ...(last?.labels ?? [])]
  const isTheirs = (label: string) => sameName(label, blocked_label) && before?.blocked === false
  return {
    name: 'showTicket',
    ticket: issue,
    add,
    remove: labels === null ? [] : [...new Set(ours)].filter(label => !hasName(add, label) && !isTheirs(label)),
    column,
    columns: before?.columns ?? null,
    assign: assignee === assigned ? null : assignee,
    unassign: assignee === assigned || labels === null ? null : assigned,
  }
}

function isNothing({labels, column, assignee}: Show): boolean {
  return labels === null && column === null && assignee === null
}

function sameShow(one: Show, other: Show): boolean {
  return one.column === other.column && one.assignee === other.assignee && one.labels?.join() === other.labels?.join()
}
