import type {Draft} from '../core/draft.ts'
import type {Fact} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import type {Effect} from '../data/effects.ts'
import type {Show, Standing, Told} from '../data/show.ts'
import {showOf, statusLabels} from './show.ts'
import {toldNow} from './written.ts'

/** What was just written may not be in GitHub's answers yet. */
export const SETTLE_MS = 5000

/**
 * Writes to GitHub the tickets whose labels, column or assignee should differ from what was last written. After a look
 * at GitHub it writes again what could not be written, and asks for a look at what was written a moment ago.
 */
export function mirrorTickets(draft: Draft, fact: Fact): void {
  const isLook = fact.type === 'githubSeen'
  const shown = {...draft.state.shown}
  for (const ticket of Object.values(draft.state.tickets)) {
    const {issue} = ticket.context
    const show = showOf(ticket, draft.state)
    if (show === null || isNothing(show)) continue
    const told = shown[issue]
    const failed = told?.missing.some(part => part !== 'assignee') ?? false
    if (told && sameShow(told.show, show) && !(isLook && failed)) continue
    const before = told ? standingOf(told, draft.state.config) : null
    shown[issue] = {...toldNow(show), before}
    draft.effects.push(tellTicket(draft.state, {issue, show, before, assigned: told?.show.assignee ?? null}))
  }
  draft.state = {...draft.state, shown}
  if (isLook) draft.effects.push(...lookDue(draft.state, draft.at))
}

/** Tickets whose show has stood on GitHub for a moment: a difference is somebody else's doing. */
function lookDue(state: State, at: number): Effect[] {
  const tickets = watched(state).filter(({since}) => at - since >= SETTLE_MS)
  return tickets.length === 0 ? [] : [{name: 'lookAtTickets', tickets}]
}

/** Tickets of ours that GitHub was told of, and since when it shows that. */
export function watched(state: State): {ticket: number; since: number}[] {
  return Object.values(state.tickets).flatMap(ticket => {
    const told = state.shown[ticket.context.issue]
    if (told?.at == null || ticket.value === 'merged' || showOf(ticket, state) === null) return []
    return [{ticket: ticket.context.issue, since: told.at}]
  })
}

/** What stands on GitHub after a telling, as far as it is ours; what was not seen to arrive may not have. */
function standingOf({show, at, missing, before, left}: Told, {routing, sync}: State['config']): Standing | null {
  if (sync.strategy === 'local-wins') return null
  const hasArrived = at !== null && !missing.includes('column') && !missing.includes('labels')
  if (!hasArrived && before === null) return null
  const columns = [show.column, ...left.filter(({part}) => part === 'column').map(({found}) => found)]
  return {
    columns: [...(hasArrived ? [] : before!.columns), ...columns.filter(column => column !== null)],
    blocked: (show.labels ?? []).includes(routing.blocked_label) || (!hasArrived && before!.blocked),
  }
}

/** `assigned`: who was told to be. */
function tellTicket(
  state: State,
  {issue, show, before, assigned}: {issue: number; show: Show; before: Standing | null; assigned: string | null},
): Effect {
  const {labels, column, assignee} = show
  const add = labels ?? []
  const {blocked_label} = state.config.routing
  const isTheirs = (label: string) => label === blocked_label && before?.blocked === false
  return {
    name: 'showTicket',
    ticket: issue,
    add,
    remove: labels === null ? [] : statusLabels(state).filter(label => !add.includes(label) && !isTheirs(label)),
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
