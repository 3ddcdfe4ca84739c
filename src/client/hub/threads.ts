import {isOpen, isOverdue} from '../../model/hub/mail.ts'
import type {MailRow} from '../../protocol/daemon.ts'

/** A message in the list of the mailbox; `depth` 1: it answers one above. */
export type ThreadRow = {mail: MailRow; depth: 0 | 1}

/**
 * Messages by threads of answers, each from its first message on. First the threads that wait for the person, then those
 * that hold something, then the others by their newest message.
 */
export function threadRows(mail: readonly MailRow[], now: number): ThreadRow[] {
  const byId = new Map(mail.map(one => [one.id, one]))
  const threads = Map.groupBy(
    mail.toSorted((one, other) => one.id - other.id),
    one => rootOf(one, byId),
  )
  return [...threads.values()]
    .toSorted((one, other) => rankOf(one, now) - rankOf(other, now) || other.at(-1)!.id - one.at(-1)!.id)
    .flatMap(thread => thread.map((one, index): ThreadRow => ({mail: one, depth: index === 0 ? 0 : 1})))
}

/** The first message of a thread; one that answers itself, or a message that is not here, begins one. */
function rootOf(mail: MailRow, byId: ReadonlyMap<number, MailRow>): number {
  let root = mail
  // What others wrote may go in a circle; an answer is later than what it answers.
  for (;;) {
    const before = root.answers === null ? undefined : byId.get(root.answers)
    if (before === undefined || before.id >= root.id) return root.id
    root = before
  }
}

function rankOf(thread: readonly MailRow[], now: number): number {
  if (thread.some(mail => !mail.mine && isOpen(mail, now) && isOverdue(mail, now))) return 0
  if (thread.some(mail => mail.kind === 'blocker' && isOpen(mail, now))) return 1
  return 2
}

/** Where the selected message is in the list, or the first one. */
export function indexOfMail(rows: readonly ThreadRow[], selected: number | null): number {
  return Math.max(
    0,
    rows.findIndex(({mail}) => mail.id === selected),
  )
}
