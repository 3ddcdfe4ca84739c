import type {State} from '../core/state.ts'
import {AGENT_LABELS, assignmentLabels, labelsInHand, statusLabels} from '../data/labels.ts'
import {hasName} from '../data/names.ts'
import type {BOARD_COLUMNS, Show} from '../data/show.ts'
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
  if (phase === null || ticket.value === 'finishing' || ticket.value === 'uncleaned') return null
  const hasBoard = config.github.project_id !== undefined
  return {
    labels: labelsOf(ticket, config),
    column: hasBoard ? COLUMN[phase] : null,
    // A merged issue keeps its assignee, so that people can read who did it.
    assignee: phase === 'merged' ? null : userOf(ticket.context.agent, config),
  }
}

/** Every label that says how far a ticket of this daemon is. */
export function ownStatusLabels({agents, config}: State): string[] {
  return statusLabels(Object.keys(agents), config.routing)
}

export function statusNamesOf(state: State, ticket: TicketState): StatusNames {
  const {blocked_label: blockedLabel} = state.config.routing
  return {ours: ownStatusLabels(state), blockedLabel, blocked: ticket.value === 'blocked'}
}

/** Open issues that say that somebody works on them, though neither we nor another daemon hold them. */
export function strayLabels(state: State): {ticket: number; labels: string[]}[] {
  const signs = labelsInHand(Object.keys(state.agents), state.config.routing)
  return state.issues
    .filter(({number}) => !state.tickets[number] && !state.foreign[number])
    .map(({number, labels}) => ({ticket: number, labels: labels.filter(label => hasName(signs, label))}))
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
      return [ticket.context.agent, AGENT_LABELS.inProgress, ...assignmentLabels(routing)]
    case 'review':
      return [routing.review_label, AGENT_LABELS.review]
    case 'repair':
      return [AGENT_LABELS.inProgress, ...assignmentLabels(routing)]
    case 'blocked':
      return [routing.blocked_label]
    case 'merged':
    case null:
      return null
  }
}
