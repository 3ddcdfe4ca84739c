import type {State} from '../core/state.ts'
import type {BOARD_COLUMNS} from '../data/board.ts'
import type {Show} from '../data/show.ts'
import {type LabelPhase, TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import type {StatusNames} from './mismatch.ts'

const COLUMN: Record<LabelPhase, (typeof BOARD_COLUMNS)[number]> = {
  claimed: 'Assigned',
  working: 'In Progress',
  repair: 'In Progress',
  review: 'Review',
  blocked: 'Blocked',
  merged: 'Done',
}

/** What GitHub should show of a ticket; null: another daemon may say it, or its landing is writing it. */
export function showOf(ticket: TicketState, {config}: State): Show | null {
  const phase = TICKET_STATES[ticket.value].shown.github
  if (phase === null || ticket.value === 'finishing') return null
  const hasBoard = config.github.project_id !== undefined
  return {
    labels: labelsOf(ticket, config),
    column: hasBoard ? COLUMN[phase] : null,
    // A merged issue keeps its assignee, so that people can read who did it.
    assignee: phase === 'merged' ? null : userOf(ticket.context.agent, config),
  }
}

/** Every label that says how far a ticket is. */
export function statusLabels({agents, config}: State): string[] {
  const {routing_label, blocked_label, review_label} = config.routing
  return [...working({agents}), routing_label, blocked_label, review_label]
}

/** Labels that say an agent is at work. */
function working({agents}: Pick<State, 'agents'>): string[] {
  return [...Object.keys(agents), 'agent:in-progress', 'agent:review']
}

export function statusNamesOf(state: State, ticket: TicketState): StatusNames {
  const {blocked_label: blockedLabel} = state.config.routing
  return {ours: statusLabels(state), blockedLabel, blocked: ticket.value === 'blocked'}
}

/** Open issues that say that somebody works on them, though neither we nor another daemon hold them. */
export function strayLabels(state: State): {ticket: number; labels: string[]}[] {
  const signs = working(state)
  return state.issues
    .filter(({number}) => !state.tickets[number] && !state.foreign[number])
    .map(({number, labels}) => ({ticket: number, labels: labels.filter(label => signs.includes(label))}))
    .filter(({labels}) => labels.length > 0)
}

function userOf(agent: string, {agents}: State['config']): string | null {
  return agents.slots[agent]?.github_user ?? null
}

/** The labels that a ticket should have; null: they are left as they are. */
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
