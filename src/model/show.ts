import type {Effect} from './effects.ts'
import type {Supervisor} from './supervisor.ts'
import type {TicketState, TicketValue} from './ticket.ts'

/** The phases that people see, on labels and on the screen. */
export type Phase = 'claimed' | 'working' | 'review' | 'merged' | 'blocked' | 'repair'

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

/** The phase of a ticket for people; null while the claim is not won. */
export function phaseOf(ticket: TicketState): Phase | null {
  return PHASE[ticket.value]
}

/**
 * What GitHub should be told so that its labels show the truth: tickets whose phase it was not told yet and, after a
 * look at GitHub (`compare`), those whose labels there are others. The result is what was told plus what to do.
 */
export function wantedLabels(
  state: Supervisor,
  compare: boolean,
): {shown: Readonly<Record<number, string>>; effects: Effect[]} {
  const shown = {...state.shown}
  const effects: Effect[] = []
  for (const ticket of Object.values(state.tickets)) {
    const {issue} = ticket.context
    const add = labelsOf(ticket, state)
    if (add === null) continue
    const remove = ourLabels(state).filter(label => !add.includes(label))
    const found = compare ? state.issues.find(other => other.number === issue)?.labels : undefined
    const differs = found && (add.some(label => !found.includes(label)) || remove.some(label => found.includes(label)))
    const key = add.join()
    if (shown[issue] === key && !differs) continue
    shown[issue] = key
    effects.push({name: 'showTicket', ticket: issue, add, remove})
  }
  return {shown, effects}
}

function ourLabels({agents, config}: Supervisor): string[] {
  const {routing_label, blocked_label, review_label} = config.routing
  return [...Object.keys(agents), 'agent:in-progress', 'agent:review', routing_label, blocked_label, review_label]
}

/** Labels that a ticket should have; null where they are not ours to say: not won yet, or closed by its landing. */
function labelsOf(ticket: TicketState, {config}: Supervisor): string[] | null {
  switch (phaseOf(ticket)) {
    case 'claimed':
    case 'working':
      return [ticket.context.agent, 'agent:in-progress']
    case 'review':
      return ticket.value === 'finishing' ? null : [config.routing.review_label, 'agent:review']
    case 'repair':
      return ['agent:in-progress']
    case 'blocked':
      return [config.routing.blocked_label]
    default:
      return null
  }
}
