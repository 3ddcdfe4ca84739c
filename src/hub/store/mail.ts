import type {Kysely, Selectable} from 'kysely'
import {holding} from '../../model/hub/blockers.ts'
import {handOver} from '../../model/hub/hand-over.ts'
import {areOfOneThing, isOfAnother} from '../../model/hub/holds/reservation.ts'
import {GONE_MS, type Reader, receiptName} from '../../model/hub/instance.ts'
import {EVERYBODY, handed, MAIL_KINDS, MAX_TRIES, type Mail, type MailKind, type Receipt} from '../../model/hub/mail.ts'
import {addToGuard} from '../hooks/guard.ts'
import {guardWords} from '../hooks/words.ts'
import {claimOf} from './claims.ts'
import {type Dialect, holdLock} from './dialect.ts'
import {findPeers} from './instances.ts'
import {known} from './known.ts'
import type {Tables} from './schema.ts'

/** `nonce` is chosen for each send, so that it can be repeated. */
export type NewMail = Omit<Mail, 'id' | 'ended' | 'senderClaim' | 'claim'> & {
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
  /** Or, where addresses are given, for one of these claims. */
  claims?: readonly string[]
  /** Sent by this instance. */
  instance?: string
  kinds?: readonly MailKind[]
  /** Neither expired nor ended at this time. */
  openAt?: number
  limit: number
}

export type HandOver = {peer: Reader; at: number}
/** The messages that an instance is given now; `waiting`: how many did not fit. */
export type HandedOver = {given: Mail[]; waiting: number}

/** Messages that an instance took, by its `receiptName`. */
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
    const claims = await claimsOf(transaction, mail)
    await transaction
      .insertInto('messages')
      .values({
        ...claims,
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

/**
 * The claims of a message's sender and recipient. An answer is for who asked: the name that it is sent to may be that of an
 * agent with another ticket by now.
 */
async function claimsOf(
  db: Kysely<Tables>,
  {instance, to, answers}: NewMail,
): Promise<{sender_claim: string | null; recipient_claim: string | null}> {
  const answered =
    answers === null
      ? undefined
      : await db.selectFrom('messages').selectAll().where('id', '=', answers).executeTakeFirst()
  const asked =
    to === answered?.sender_instance
      ? answered.sender_claim
      : to === answered?.recipient
        ? answered.recipient_claim
        : null
  return {sender_claim: await claimOf(db, instance), recipient_claim: asked ?? (await claimOf(db, to))}
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
  const {ids, to, claims = [], instance, kinds, openAt, limit} = filter
  // Those to the agent of a ticket are their daemon's business.
  let query = db.selectFrom('messages').selectAll().where('ticket', 'is', null)
  if (ids !== undefined) query = query.where('id', 'in', [...ids])
  if (to !== undefined) {
    query = query.where(eb =>
      claims.length === 0
        ? eb('recipient', 'in', [...to])
        : eb.or([eb('recipient', 'in', [...to]), eb('recipient_claim', 'in', [...claims])]),
    )
  }
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
  const {peer, at} = options
  // Most looks find nothing, and need not wait for those who write.
  if ((await dueRows(db, peer, at)).length === 0) return {given: [], waiting: 0}
  return db.transaction().execute(async transaction => {
    await holdLock(transaction, `mail of ${receiptName(peer)}`, dialect)
    const rows = await dueRows(transaction, peer, at)
    const mail = rows.map(mailOf)
    const receipts = await findReceipts(
      transaction,
      mail.map(({id}) => id),
    )
    const chosen = handOver({mail, receipts, peer, now: at})
    for (const {id} of chosen.given) {
      const before = receipts.find(({message, instance}) => message === id && instance === receiptName(peer))
      await putReceipt(transaction, handed(before, id, receiptName(peer), at))
    }
    return chosen
  })
}

/** The messages that an instance may have to be given, oldest first. */
function dueRows(db: Kysely<Tables>, peer: Reader, at: number) {
  const {id, project, claim} = peer
  return db
    .selectFrom('messages')
    .selectAll('messages')
    .leftJoin('receipts', join =>
      join.onRef('receipts.message', '=', 'messages.id').on('receipts.instance', '=', receiptName(peer)),
    )
    .where(eb =>
      eb.or([
        eb('messages.recipient', 'in', [EVERYBODY, project]),
        claim === undefined
          ? eb('messages.recipient', '=', id)
          : eb.and([eb('messages.recipient', '=', id), eb('messages.recipient_claim', 'is', null)]),
        ...(claim === undefined ? [] : [eb('messages.recipient_claim', '=', claim)]),
      ]),
    )
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
    // Shown, and it may begin a turn; what it would hold, only a newer program knows.
    kind: known(MAIL_KINDS, row.kind, 'warning'),
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
    ...(row.sender_claim !== null && {senderClaim: row.sender_claim}),
    ...(row.recipient_claim !== null && {claim: row.recipient_claim}),
  }
}
