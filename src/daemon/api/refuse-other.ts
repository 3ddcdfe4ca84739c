import {ClambakeError} from '../../base/errors.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {ClaimOf} from '../../model/hub/instance.ts'
import {isMeant, type Meant, type SlotMeant} from '../../model/hub/meant.ts'

/** A ticket of this daemon with the claim that it has now. */
export function nowOf(claimOf: ClaimOf, ticket: number): Meant {
  return {ticket, claim: claimOf(ticket).claim ?? null}
}

/** Throws `no-ticket` when an agent has other work by now than the caller saw. */
export function refuseOther(
  {agent, now, meant}: {agent: AgentId; now: Meant; meant: SlotMeant},
  kept = 'nothing was done',
): void {
  if (isMeant(now, meant)) return
  if (meant.ticket === null) {
    throw new ClambakeError({
      code: 'no-ticket',
      message: `${agent} works on #${now.ticket} by now, and had no ticket before`,
      kept,
      next: `look again: clambake why ${agent}`,
    })
  }
  if (meant.ticket !== now.ticket) {
    throw new ClambakeError({
      code: 'no-ticket',
      message: `${agent} works on #${now.ticket} by now, and no longer on #${meant.ticket}`,
      kept,
      next: `look again: clambake why ${meant.ticket}, or clambake why ${agent}`,
    })
  }
  throw new ClambakeError({
    code: 'no-ticket',
    message: `${agent} began #${now.ticket} again by now: it was released and claimed once more`,
    kept,
    next: `look again: clambake why ${now.ticket}`,
  })
}
