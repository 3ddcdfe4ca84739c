import type {Reservation} from '../model/hub/holds/reservation.ts'
import {type Peer, receiptName, type Standing} from '../model/hub/instance.ts'
import {isFor, type Mail, NO_PROGRESS, type Progress} from '../model/hub/mail.ts'
import type {Coordination} from './coordination.ts'
import type {HandedOver} from './store/mail.ts'

/** Messages to all that are looked at for those that concern a session. */
const LOOKED_AT = 200

export type PeerRow = Peer & {standing: Standing}
export type MailRow = Mail & {progress: Progress}

/** Who is here and what is held; with `all`, also the sessions of the last day that are gone. */
export async function whoIsHere(
  hub: Coordination,
  {all = false}: {all?: boolean} = {},
): Promise<{instances: PeerRow[]; blockers: Mail[]; reservations: Reservation[]}> {
  const [seen, blockers, reservations] = await Promise.all([hub.seen(), hub.blockers(), hub.reservations.list()])
  const shown = seen.filter(({standing}) => all || standing !== 'gone')
  return {instances: shown.map(({peer, standing}) => ({...peer, standing})), blockers, reservations}
}

/** The messages to a session and those that it sent, newest first, with what became of them; null: to anybody. */
export async function mailOf(
  hub: Coordination,
  self: Peer | null,
  limit: number,
): Promise<{mail: MailRow[]; sent: MailRow[]}> {
  const [received, sent] = await Promise.all([
    hub.mail({
      limit: LOOKED_AT,
      ...(self === null ? {} : {to: ['@all', self.project, self.id], ...(self.claim && {claims: [self.claim]})}),
    }),
    self === null ? [] : hub.mail({instance: self.id, limit}),
  ])
  const mail = received.filter(one => self === null || isFor(one, self)).slice(0, limit)
  const progress = await hub.progress([...mail, ...sent])
  const withProgress = (one: Mail) => ({...one, progress: progress.get(one.id) ?? NO_PROGRESS})
  return {mail: mail.map(withProgress), sent: sent.map(withProgress)}
}

/** Gives a session its unread messages, which are read with that. */
export async function takeUnread(hub: Coordination, self: Peer): Promise<HandedOver> {
  const found = await hub.handOver(self)
  await hub.read(
    receiptName(self),
    found.given.map(({id}) => id),
  )
  return found
}
