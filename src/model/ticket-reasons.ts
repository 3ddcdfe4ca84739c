import {describeFailure} from './assignment.ts'
import type {TicketContext, TicketEvent} from './ticket.ts'

/** A turn that ends without a clean commit is answered this often before a person is asked. */
export const MAX_NUDGES = 2

type Args<Type extends TicketEvent['type']> = {context: TicketContext; event: Extract<TicketEvent, {type: Type}>}

/** Why a ticket is left to a person whose agent's last turn brought nothing that can be bottled. */
export function notDone({context, event}: Args<'inspected'>): string {
  const {dirty} = event.work
  if (!context.alive) return `the agent's process ended ${context.attempts} times before the work was done`
  return dirty.length > 0
    ? `the agent left ${dirty.length} uncommitted files after ${MAX_NUDGES} reminders`
    : `the agent made no commit after ${MAX_NUDGES} reminders`
}

/** Work that goes back to its agent, which is told as it stands: alive, or at its next start. */
export function unverified({context, event}: Args<'verified'>): Partial<TicketContext> {
  const {failure} = event
  if (!failure) return {}
  return {
    failedVerifies: context.failedVerifies + 1,
    reason: describeFailure(failure),
    assignment: context.alive
      ? {kind: 'unfinished', missing: 'verify', failure}
      : {kind: 'repair', repair: {kind: 'verify', failure}},
  }
}

/** Why a ticket is left to a person whose work did not pass. */
export function notVerified({context, event}: Args<'verified'>): string | null {
  const tries = context.failedVerifies
  const after = tries === 0 ? '' : `, after ${tries} ${tries === 1 ? 'try' : 'tries'} to repair it`
  return event.failure && `${describeFailure(event.failure)}${after}`
}
