import type {Kysely, Selectable} from 'kysely'
import {holding} from '../../model/hub/blockers.ts'
import {handOver} from '../../model/hub/hand-over.ts'
import {areOfOneThing, isOfAnother} from '../../model/hub/holds/reservation.ts'
import {GONE_MS, type Peer} from '../../model/hub/instance.ts'
import {EVERYBODY, handed, MAX_TRIES, type Mail, type MailKind, type Receipt} from '../../model/hub/mail.ts'
import {addToGuard} from '../hooks/guard.ts'
import {guardWords} from '../hooks/words.ts'
import {type Dialect, holdLock} from './dialect.ts'
import {findPeers} from './instances.ts'
import type {Tables} from './schema.ts'

/** `nonce` is chosen for each send, so that it can be repeated. */
export type NewMail = Omit<Mail, 'id' | 'ended'> & {
  nonce: string
  /** Instances whose processes have ended, as the sender saw: their blockers hold nothing. */
  gone: readonly string[]
}

/** What became of a message; `held`: it is a blocker, and another one holds the same resource already. */
export type Posted = {stored: Mail} | {held: Mail}

/** Selects messages; all given conditions must hold. */
export type MailFilter = {
  ids?: readonly number[]
  /** Sent to one of these addresses. */
  to?: readonly string[]
  /** Sent by this instance. */
  instance?: string
  kinds?: readonly MailKind[]
  /** Neither expired nor ended at this time. */
  openAt?: number
  limit: number
}

export type HandOver = {peer: Pick<Peer, 'id' | 'project'>; at: number; budget?: number}
/** The messages that an instance is given now; `waiting`: how many did not fit. */
export type HandedOver = {given: Mail[]; waiting: number}

/** Messages that an instance took. */
export type Taken = {instance: string; messages: readonly number[]; at: number}

/** Messages that are looked at for one hand-over; those that follow wait for the next. */
const LOOKED_AT = 500

/**
 * Stores a message and gives it with its id; one that was stored under the same nonce, as it is. A blocker is stored only if
 * no other session holds its resource.
 */
export async function postMail(
  db: Kysely<Tables>,
  mail: NewMail,
  dialect: Dialect,
  /** Gets what a blocker holds before others can see the blocker. */
  guard?: string,
): Promise<Posted> {
  return db.transaction().execute(async transaction => {
    if (mail.kind === 'blocker' && mail.resource !== null) {
      // What is written in two ways may be one thing, so all resources are compared under one lock.
      await holdLock(transaction, 'resources', dialect)
      const held = await holderOf(transaction, mail)
      if (held !== undefined) return {held}
    }
    await transaction
      .insertInto('messages')
      .values({
        sender: mail.from,
        sender_instance: mail.instance,
        project: mail.project,
        recipient: mail.to,
        kind: mail.kind,
        body: mail.text,
        sent_at: mail.at,
        expires_at: mail.expiresAt,
        resource: mail.resource,
        answers: mail.answers,
        due_at: mail.dueAt,
        nonce: mail.nonce,
        repository: '',
        ticket: null,
        delivered_at: null,
        key: null,
      })
      .onConflict(conflict => conflict.column('nonce').doNothing())
      .execute()
    if (guard !== undefined && mail.resource !== null) addToGuard(guard, guardWords([mail.resource]))
    if (mail.kind === 'done' && mail.answers !== null) {
      await transaction
        .updateTable('messages')
        .set({ended_at: mail.at, ended_by: mail.from})
        .where('id', '=', mail.answers)
        .where('kind', 'in', ['blocker', 'request'])
        .where('ended_at', 'is', null)
        .execute()
    }
    const row = await transaction
      .selectFrom('messages')
      .selectAll()
      .where('nonce', '=', mail.nonce)
      .executeTakeFirstOrThrow()
    return {stored: mailOf(row)}
  })
}

/** The blocker of another session that holds the resource now. */
async function holderOf(
  db: Kysely<Tables>,
  {resource, project, instance, from, at, nonce, gone}: NewMail,
): Promise<Mail | undefined> {
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where('resource', 'is not', null)
    .where('kind', '=', 'blocker')
    .where('expires_at', '>', at)
    .where('ended_at', 'is', null)
    .where('nonce', '<>', nonce)
    .orderBy('id')
    .execute()
  const owners = await findPeers(db, {since: at - GONE_MS})
  const standings = new Map(owners.map(peer => [peer.id, gone.includes(peer.id) ? 'gone' : 'active'] as const))
  const own = {resource: resource ?? '', project}
  return holding(rows.map(mailOf), standings, at).find(
    blocker =>
      isOfAnother({from, instance}, blocker) &&
      areOfOneThing(own, {resource: blocker.resource ?? '', project: blocker.project}),
  )
}

/** The newest messages between sessions that match, newest first. */
export async function findMail(db: Kysely<Tables>, filter: MailFilter): Promise<Mail[]> {
  const {ids, to, instance, kinds, openAt, limit} = filter
  // Those to the agent of a ticket are their daemon's business.
  let query = db.selectFrom('messages').selectAll().where('ticket', 'is', null)
  if (ids !== undefined) query = query.where('id', 'in', [...ids])
  if (to !== undefined) query = query.where('recipient', 'in', [...to])
  if (instance !== undefined) query = query.where('sender_instance', '=', instance)
  if (kinds !== undefined) query = query.where('kind', 'in', [...kinds])
  if (openAt !== undefined) query = query.where('expires_at', '>', openAt).where('ended_at', 'is', null)
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(mailOf)
}

export async function findReceipts(db: Kysely<Tables>, messages: readonly number[]): Promise<Receipt[]> {
  if (messages.length === 0) return []
  const rows = await db
    .selectFrom('receipts')
    .selectAll()
    .where('message', 'in', [...messages])
    .execute()
  return rows.map(receiptOf)
}

/**
 * Chooses the messages that an instance is given now and notes that it was, in one transaction: of two programs that ask
 * for the same instance at once, one gets them.
 */
export async function handOverMail(db: Kysely<Tables>, options: HandOver, dialect: Dialect): Promise<HandedOver> {
  const {peer, at, budget} = options
  // Most looks find nothing, and need not wait for those who write.
  if ((await dueRows(db, peer, at)).length === 0) return {given: [], waiting: 0}
  return db.transaction().execute(async transaction => {
    await holdLock(transaction, `mail of ${peer.id}`, dialect)
    const rows = await dueRows(transaction, peer, at)
    const mail = rows.map(mailOf)
    const receipts = await findReceipts(
      transaction,
      mail.map(({id}) => id),
    )
    const chosen = handOver({mail, receipts, peer, now: at, ...(budget === undefined ? {} : {budget})})
    for (const {id} of chosen.given) {
      const before = receipts.find(({message, instance}) => message === id && instance === peer.id)
      await putReceipt(transaction, handed(before, id, peer.id, at))
    }
    return chosen
  })
}

/** The messages that an instance may have to be given, oldest first. */
function dueRows(db: Kysely<Tables>, peer: HandOver['peer'], at: number) {
  return db
    .selectFrom('messages')
    .selectAll('messages')
    .leftJoin('receipts', join =>
      join.onRef('receipts.message', '=', 'messages.id').on('receipts.instance', '=', peer.id),
    )
    .where('messages.recipient', 'in', [EVERYBODY, peer.project, peer.id])
    .where('messages.ticket', 'is', null)
    .where('messages.expires_at', '>', at)
    .where('messages.ended_at', 'is', null)
    .where('receipts.begun_at', 'is', null)
    .where('receipts.read_at', 'is', null)
    .where(eb => eb.or([eb('receipts.tries', 'is', null), eb('receipts.tries', '<', MAX_TRIES)]))
    .orderBy('messages.id')
    .limit(LOOKED_AT)
    .execute()
}

/** Notes that a turn of the instance began with these messages; keeps the first time. */
export async function beginTurn(db: Kysely<Tables>, taken: Taken): Promise<void> {
  await take(db, taken, 'begun_at')
}

/** Notes that the instance read these messages by itself; keeps the first time. */
export async function readMail(db: Kysely<Tables>, taken: Taken): Promise<void> {
  await take(db, taken, 'read_at')
}

/** Takes a hand-over back that did not reach the instance: the message is due again, and it counts for nothing. */
export async function takeBack(db: Kysely<Tables>, {instance, messages}: Omit<Taken, 'at'>): Promise<void> {
  if (messages.length === 0) return
  await db
    .updateTable('receipts')
    .set(eb => ({
      handed_at: null,
      tries: eb
        .case()
        .when('tries', '>', 0)
        .then(eb('tries', '-', 1))
        .else(0)
        .end(),
    }))
    .where('instance', '=', instance)
    .where('message', 'in', [...messages])
    .where('handed_at', 'is not', null)
    .where('begun_at', 'is', null)
    .where('read_at', 'is', null)
    .execute()
}

async function take(
  db: Kysely<Tables>,
  {instance, messages, at}: Taken,
  column: 'begun_at' | 'read_at',
): Promise<void> {
  for (const message of messages) {
    await db
      .insertInto('receipts')
      .values({message, instance, handed_at: null, tries: 0, begun_at: null, read_at: null, [column]: at})
      .onConflict(conflict =>
        conflict
          .columns(['message', 'instance'])
          .doUpdateSet(eb => ({[column]: eb.fn.coalesce(`receipts.${column}`, eb.val(at))})),
      )
      .execute()
  }
}

async function putReceipt(db: Kysely<Tables>, receipt: Receipt): Promise<void> {
  const {message, instance, handedAt: handed_at, tries, begunAt: begun_at, readAt: read_at} = receipt
  await db
    .insertInto('receipts')
    .values({message, instance, handed_at, tries, begun_at, read_at})
    .onConflict(conflict => conflict.columns(['message', 'instance']).doUpdateSet({handed_at, tries}))
    .execute()
}

function receiptOf(row: Selectable<Tables['receipts']>): Receipt {
  const {message, instance, tries} = row
  return {message, instance, tries, handedAt: row.handed_at, begunAt: row.begun_at, readAt: row.read_at}
}

function mailOf(row: Selectable<Tables['messages']>): Mail {
  return {
    id: row.id,
    kind: row.kind,
    from: row.sender,
    instance: row.sender_instance,
    project: row.project,
    to: row.recipient,
    text: row.body,
    at: row.sent_at,
    expiresAt: row.expires_at,
    resource: row.resource,
    answers: row.answers,
    dueAt: row.due_at,
    ended: row.ended_at === null ? null : {at: row.ended_at, by: row.ended_by ?? ''},
  }
}
