import {type Reader, receiptName} from './instance.ts'
import {EVERYBODY, isDue, isFor, isOpen, isOwn, type Mail, type Receipt} from './mail.ts'
import {type Writer, writerOfMail} from './mail-turns.ts'

/** What a look into the mailbox found: open mail, what it answers, and the receipts of both. */
export type Looked = {mail: readonly Mail[]; answered: readonly Mail[]; receipts: readonly Receipt[]}

/** A message of the hub for a ticket's agent, by its number. */
export type WaitingMail = {id: number; by: Writer}

/**
 * The messages for which an agent is given a turn of its own, which costs money: those to itself; requests, warnings and
 * blockers to many; and a done that ends what it was told or what it asked. All others come with the next prompt that it is
 * given anyway. `isKnown`: a turn began with it already, which the hub may not have noted yet.
 */
export function turnMail(
  {mail, answered, receipts}: Looked,
  peer: Reader,
  now: number,
  isKnown: (message: number) => boolean = () => false,
): WaitingMail[] {
  const own = new Map(receipts.filter(({instance}) => instance === receiptName(peer)).map(one => [one.message, one]))
  const concerns = (id: number) => own.has(id) || answered.some(one => one.id === id && isOwn(one, peer))
  return mail
    .filter(one => isFor(one, peer) && isOpen(one, now) && isDue(own.get(one.id), now) && !isKnown(one.id))
    .filter(({to, kind, answers}) => {
      if (to !== EVERYBODY && to !== peer.project) return true
      return kind === 'done' ? answers !== null && concerns(answers) : kind !== 'info'
    })
    .map(one => ({id: one.id, by: writerOfMail(one)}))
    .toSorted((a, b) => a.id - b.id)
}

/** The messages that a reader was given and with which no turn began as far as the hub knows. */
export function inFlight({mail, receipts}: Looked, reader: Reader): Mail[] {
  const own = receipts.filter(one => one.instance === receiptName(reader) && one.handedAt !== null)
  const open = own.filter(({begunAt, readAt}) => begunAt === null && readAt === null).map(({message}) => message)
  return mail.filter(({id}) => open.includes(id))
}
