import type {RefusalSays} from '../landing/refusal.ts'
import type {TicketContext} from './context.ts'
import {lookLater, lookMuchLater, sendBack} from './effects.ts'

/** GitHub may refuse a merge for a moment (it computes mergeability late); after this often a person is asked. */
const MAX_REFUSALS = 5
/** After so long without a turn at the landing lock a person is asked; a merge takes less than a minute. */
const MAX_BUSY_MS = 30 * 60_000
export const BUSY_FOR_LONG =
  'other daemons have held the landing lock for half an hour; clambake agents diagnose says which one'

/** Whether a refusal may be gone at the next look, and did not come too often. */
export function mayPass({refusals}: TicketContext, says: RefusalSays): boolean {
  return says === 'passing' && refusals < MAX_REFUSALS
}

export function isBusyForLong({busySince}: TicketContext, at: number): boolean {
  return busySince !== null && at - busySince >= MAX_BUSY_MS
}

/** What becomes of a merge when another daemon is landing. Guards and actions are named in the machine. */
export const BUSY = [
  {guard: 'isBusyForLong', target: 'held', actions: ['stamp', 'yield', 'busyForLong', lookLater]},
  {target: 'checking', actions: ['stamp', 'busy', lookLater]},
] as const

/** What becomes of a merge that GitHub refuses. */
export const REFUSED = [
  {guard: 'canMend', target: 'queued', actions: ['stamp', 'yield', 'mend', sendBack]},
  // GitHub may know why by the next look: a conflict, a moved head, a missing check.
  {guard: 'mayPass', target: 'checking', actions: ['stamp', 'reason', 'refused', lookLater]},
  // A person changes the rule or gives what it asks for; then it lands by itself.
  {target: 'held', actions: ['stamp', 'yield', 'reason', 'refused', lookMuchLater]},
] as const
