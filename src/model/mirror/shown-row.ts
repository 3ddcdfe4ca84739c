import type {Mismatch} from '../data/show.ts'
import type {Resolution} from './manual-changes.ts'

/** A difference as a person saw it, with the claim of its ticket. What would be done about it counts unless that is to ask. */
export type ShownRow = Pick<Mismatch, 'ticket' | 'part' | 'wanted' | 'found'> &
  Pick<Resolution, 'act'> & {claim: string | null}

/** What of a row tells it from others: that of a later claim, or one that is treated in another way. */
export function shownRow({ticket, claim, part, wanted, found, act}: ShownRow): ShownRow {
  return {ticket, claim, part, wanted, found, act}
}

/** Whether a difference is one that was seen. */
export function wasShown(row: ShownRow, shown: readonly ShownRow[]): boolean {
  return shown.some(
    one =>
      one.ticket === row.ticket &&
      one.claim === row.claim &&
      one.part === row.part &&
      one.wanted === row.wanted &&
      one.found === row.found &&
      // What is obeyed later is the same, at another time.
      (['ask', 'later'].includes(one.act) || row.act === 'later' || one.act === row.act),
  )
}
