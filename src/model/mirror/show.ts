import type {State} from '../core/state.ts'
import type {BOARD_COLUMNS} from '../data/board.ts'
import type {Effect} from '../data/effects.ts'
import type {Show, Standing, Told} from '../data/show.ts'
import {type LabelPhase, TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import type {Signs} from './mismatch.ts'

/** Name of the custom event that tells what GitHub shows of a ticket. */
export const SHOWN_EVENT = 'ticket_shown'

/** What was just written may not be in GitHub's answers yet. */
export const SETTLE_MS = 5000

const COLUMN: Record<LabelPhase, (typeof BOARD_COLUMNS)[number]> = {
  claimed: 'Assigned',
  working: 'In Progress',
  repair: 'In Progress',
  review: 'Review',
  blocked: 'Blocked',
  merged: 'Done',
}

/** What GitHub should show of a ticket; null while it is not ours to say, or its landing is telling it. */
export function showOf(ticket: TicketState, {config}: State): Show | null {
  const phase = TICKET_STATES[ticket.value].shown.github
  if (phase === null || ticket.value === 'finishing') return null
  const hasBoard = config.github.project_id !== undefined
  return {
    labels: labelsOf(ticket, config),
    column: hasBoard ? COLUMN[phase] : null,
    // Who did it may be read there afterwards.
    assignee: phase === 'merged' ? null : userOf(ticket.context.agent, config),
  }
}

/** Every label that says where a ticket stands. */
export function statusLabels({agents, config}: State): string[] {
  const {routing_label, blocked_label, review_label} = config.routing
  return [...working({agents}), routing_label, blocked_label, review_label]
}

/** Labels that say somebody is at work. */
function working({agents}: Pick<State, 'agents'>): string[] {
  return [...Object.keys(agents), 'agent:in-progress', 'agent:review']
}

export function signsOf(state: State, ticket: TicketState): Signs {
  const {blocked_label: blockedLabel} = state.config.routing
  return {ours: statusLabels(state), blockedLabel, blocked: ticket.value === 'blocked'}
}

/**
 * What GitHub is to be told now: of tickets whose show is another than was told. `again`: after a look at GitHub, also
 * what could not be shown. The result is what is told then, plus what to do.
 */
export function tellGithub(state: State, {again}: {again: boolean}): {shown: State['shown']; effects: Effect[]} {
  const shown = {...state.shown}
  const effects: Effect[] = []
  for (const ticket of Object.values(state.tickets)) {
    const {issue} = ticket.context
    const show = showOf(ticket, state)
    if (show === null || isNothing(show)) continue
    const told = shown[issue]
    const failed = told?.missing.some(part => part !== 'assignee') ?? false
    if (told && sameShow(told.show, show) && !(again && failed)) continue
    const before = told ? standingOf(told, state.config) : null
    shown[issue] = {...toldNow(show), before}
    effects.push(tellTicket(state, {issue, show, before, assigned: told?.show.assignee ?? null}))
  }
  return {shown, effects}
}

/** Open issues that say that somebody works on them, though neither we nor another daemon hold them. */
export function strayLabels(state: State): {ticket: number; labels: string[]}[] {
  const signs = working(state)
  return state.issues
    .filter(({number}) => !state.tickets[number] && !state.foreign[number])
    .map(({number, labels}) => ({ticket: number, labels: labels.filter(label => signs.includes(label))}))
    .filter(({labels}) => labels.length > 0)
}

/** Tickets whose show has stood on GitHub for a moment: a difference is somebody else's doing. */
export function lookDue(state: State, at: number): Effect[] {
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

export function toldNow(show: Show): Told {
  return {show, at: null, missing: [], before: null, left: [], asks: []}
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

function userOf(agent: string, {agents}: State['config']): string | null {
  return agents.slots[agent]?.github_user ?? null
}

/** Labels that a ticket should have; null where they are not ours to say. */
function labelsOf(ticket: TicketState, {routing}: State['config']): string[] | null {
  switch (TICKET_STATES[ticket.value].shown.github) {
    case 'claimed':
    case 'working':
      return [ticket.context.agent, 'agent:in-progress']
    case 'review':
      return [routing.review_label, 'agent:review']
    case 'repair':
      return ['agent:in-progress']
    case 'blocked':
      return [routing.blocked_label]
    case 'merged':
    case null:
      return null
  }
}
