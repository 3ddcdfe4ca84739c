import type {Effect} from './effects.ts'
import type {BOARD_COLUMNS} from './init/step.ts'
import type {Mismatch, Part, Show, Signs} from './mismatch.ts'
import type {Supervisor} from './supervisor.ts'
import type {TicketState, TicketValue} from './ticket.ts'

/** The phases that people see, on labels, on the board and on the screen. */
export type Phase = 'claimed' | 'working' | 'review' | 'merged' | 'blocked' | 'repair'

/** What GitHub was told of an issue last. */
export type Told = {
  show: Show
  /** When it was there, epoch milliseconds; null: it is on its way. */
  at: number | null
  /** What could not be shown: what is refused on GitHub is nobody's change. */
  missing: readonly Part[]
  /** Changes by hand that stay until the ticket's next step. */
  left: readonly Mismatch[]
  /** Changes by hand that a person has to decide on. */
  asks: readonly Mismatch[]
}

/** What was just written may not be in GitHub's answers yet. */
export const SETTLE_MS = 5000

const PHASE: Record<TicketValue, Phase | null> = {
  claiming: null,
  preparing: 'claimed',
  settingUp: 'claimed',
  starting: 'claimed',
  working: 'working',
  inspecting: 'working',
  verifying: 'working',
  bottling: 'working',
  review: 'review',
  opening: 'review',
  checking: 'review',
  mergeable: 'review',
  merging: 'review',
  finishing: 'review',
  queued: 'repair',
  blocked: 'blocked',
  merged: 'merged',
  lost: null,
}

const COLUMN: Record<Phase, (typeof BOARD_COLUMNS)[number]> = {
  claimed: 'Assigned',
  working: 'In Progress',
  repair: 'In Progress',
  review: 'Review',
  blocked: 'Blocked',
  merged: 'Done',
}

/** The phase of a ticket for people; null while the claim is not won. */
export function phaseOf(ticket: TicketState): Phase | null {
  return PHASE[ticket.value]
}

/** What GitHub should show of a ticket; null while it is not ours to say, or its landing is telling it. */
export function showOf(ticket: TicketState, {config}: Supervisor): Show | null {
  const phase = phaseOf(ticket)
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
export function statusLabels({agents, config}: Supervisor): string[] {
  const {routing_label, blocked_label, review_label} = config.routing
  return [...working({agents}), routing_label, blocked_label, review_label]
}

/** Labels that say somebody is at work. */
function working({agents}: Pick<Supervisor, 'agents'>): string[] {
  return [...Object.keys(agents), 'agent:in-progress', 'agent:review']
}

export function signsOf(state: Supervisor, ticket: TicketState): Signs {
  const {blocked_label: blockedLabel} = state.config.routing
  return {ours: statusLabels(state), blockedLabel, blocked: ticket.value === 'blocked'}
}

/**
 * What GitHub is to be told now: of tickets whose show is another than was told. `again`: after a look at GitHub, also
 * what could not be shown, and labels of work on issues that nobody holds. The result is what is told then, plus what
 * to do.
 */
export function tellGithub(
  state: Supervisor,
  {at, again}: {at: number; again: boolean},
): {shown: Supervisor['shown']; effects: Effect[]} {
  const shown = {...state.shown}
  const effects: Effect[] = []
  for (const ticket of Object.values(state.tickets)) {
    const {issue} = ticket.context
    const show = showOf(ticket, state)
    if (show === null || isNothing(show)) continue
    const told = shown[issue]
    const failed = told?.missing.some(part => part !== 'assignee') ?? false
    if (told && sameShow(told.show, show) && !(again && failed)) continue
    shown[issue] = toldNow(show)
    effects.push(tellTicket(state, {issue, show, before: told?.show.assignee ?? null}))
  }
  if (again) {
    for (const {ticket} of strayLabels(state)) {
      const told = shown[ticket]
      if (told && (told.at === null || at - told.at < SETTLE_MS)) continue
      shown[ticket] = toldNow({labels: [], column: null, assignee: null})
      effects.push({...NOTHING, ticket, remove: [...working(state), state.config.routing.review_label]})
    }
  }
  return {shown, effects}
}

/** Open issues that say that somebody works on them, though neither we nor another daemon hold them. */
export function strayLabels(state: Supervisor): {ticket: number; labels: string[]}[] {
  const signs = working(state)
  return state.issues
    .filter(({number}) => !state.tickets[number] && !state.foreign[number])
    .map(({number, labels}) => ({ticket: number, labels: labels.filter(label => signs.includes(label))}))
    .filter(({labels}) => labels.length > 0)
}

/** Tickets whose show has stood on GitHub for a moment: a difference is somebody else's doing. */
export function lookDue(state: Supervisor, at: number): Effect[] {
  const tickets = watched(state).filter(({since}) => at - since >= SETTLE_MS)
  return tickets.length === 0 ? [] : [{name: 'lookAtTickets', tickets}]
}

/** Tickets of ours that GitHub was told of, and since when it shows that. */
export function watched(state: Supervisor): {ticket: number; since: number}[] {
  return Object.values(state.tickets).flatMap(ticket => {
    const told = state.shown[ticket.context.issue]
    if (told?.at == null || ticket.value === 'merged' || showOf(ticket, state) === null) return []
    return [{ticket: ticket.context.issue, since: told.at}]
  })
}

const NOTHING = {name: 'showTicket', add: [], remove: [], column: null, assign: null, unassign: null} as const

function toldNow(show: Show): Told {
  return {show, at: null, missing: [], left: [], asks: []}
}

/** `before`: who was told to be assigned. */
function tellTicket(
  state: Supervisor,
  {issue, show, before}: {issue: number; show: Show; before: string | null},
): Effect {
  const {labels, column, assignee} = show
  const add = labels ?? []
  return {
    ...NOTHING,
    ticket: issue,
    add,
    remove: labels === null ? [] : statusLabels(state).filter(label => !add.includes(label)),
    column,
    assign: assignee === before ? null : assignee,
    unassign: assignee === before || labels === null ? null : before,
  }
}

function isNothing({labels, column, assignee}: Show): boolean {
  return labels === null && column === null && assignee === null
}

function sameShow(one: Show, other: Show): boolean {
  return one.column === other.column && one.assignee === other.assignee && one.labels?.join() === other.labels?.join()
}

function userOf(agent: string, {agents}: Supervisor['config']): string | null {
  return agents.slots[agent]?.github_user ?? null
}

/** Labels that a ticket should have; null where they are not ours to say. */
function labelsOf(ticket: TicketState, {routing}: Supervisor['config']): string[] | null {
  switch (phaseOf(ticket)) {
    case 'claimed':
    case 'working':
      return [ticket.context.agent, 'agent:in-progress']
    case 'review':
      return [routing.review_label, 'agent:review']
    case 'repair':
      return ['agent:in-progress']
    case 'blocked':
      return [routing.blocked_label]
    default:
      return null
  }
}
