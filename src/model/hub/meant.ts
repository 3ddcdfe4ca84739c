/**
 * A ticket as a person saw it: its issue, and its claim by `claimKey`, as an issue may be released and claimed again. A claim of
 * null was still being made: its issue alone counts.
 */
export type Meant = {ticket: number; claim: string | null}

/** What a person saw in an agent's slot; a ticket of null: it had none. */
export type SlotMeant = {ticket: number | null; claim: string | null}

/** What a request names of the row that it is about. */
export function meantBy<Row extends SlotMeant>({ticket, claim}: Row): {meant: Pick<Row, 'ticket' | 'claim'>} {
  return {meant: {ticket, claim}}
}

/** Whether work is still what was seen. */
export function isMeant(now: SlotMeant, meant: SlotMeant): boolean {
  return now.ticket === meant.ticket && (meant.claim === null || now.claim === meant.claim)
}
