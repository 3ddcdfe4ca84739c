import {itemText} from './given-text.ts'
import {type Reader, receiptName} from './instance.ts'
import {bytesOf, isDue, isFor, isOpen, type Mail, type Receipt} from './mail.ts'

/** Most bytes of the messages that are handed over at once, as their recipient is given them. */
export const HAND_OVER_BYTES = 8192

/**
 * The messages to give to an instance now: blockers first, then the oldest, as many as the budget holds, and at least one.
 * `waiting` is how many have to wait.
 */
export function handOver(options: {
  mail: readonly Mail[]
  receipts: readonly Receipt[]
  peer: Reader
  now: number
  budget?: number
}): {given: Mail[]; waiting: number} {
  const {peer, now, budget = HAND_OVER_BYTES} = options
  const known = new Map(
    options.receipts.filter(({instance}) => instance === receiptName(peer)).map(one => [one.message, one]),
  )
  const due = options.mail
    .filter(mail => isFor(mail, peer) && isOpen(mail, now) && isDue(known.get(mail.id), now))
    .toSorted((a, b) => Number(b.kind === 'blocker') - Number(a.kind === 'blocker') || a.id - b.id)
  const given: Mail[] = []
  let left = budget
  for (const mail of due) {
    left -= bytesOf(itemText(mail))
    if (left < 0 && given.length > 0) break
    given.push(mail)
  }
  return {given, waiting: due.length - given.length}
}
