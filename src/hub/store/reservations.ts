import {type Kysely, type Selectable, sql} from 'kysely'
import {areOfOneThing, isOfAnother, keptNow, type Reservation} from '../../model/hub/holds/reservation.ts'
import {GONE_MS} from '../../model/hub/instance.ts'
import {addToGuard} from '../hooks/guard.ts'
import {guardWords} from '../hooks/words.ts'
import {claimOf} from './claims.ts'
import {type Dialect, holdLock, numbered} from './dialect.ts'
import {findPeers} from './instances.ts'
import type {Tables} from './schema.ts'

/** `nonce` is chosen for each call, so that it can be repeated; one call takes all of its patterns or none. */
export type NewReservations = Omit<Reservation, 'id' | 'pattern'> & {
  patterns: readonly string[]
  nonce: string
  /** Instances whose processes have ended, as the caller saw: they keep nothing. */
  gone: readonly string[]
}

/** `taken`: another session has a part of it, so nothing was stored. */
export type Reserved = {reserved: Reservation[]} | {taken: Reservation}

/** Who releases, and what; `ids` null: all that the owner has. */
export type Release = {from: string; instance: string | null; ids: readonly number[] | null; at: number}

/** Adds the reservations. Who changes them writes the table, so other programs hear of it as of a message. */
export async function addReservations(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('reservations')
    .addColumn('id', ...numbered(dialect))
    .addColumn('nonce', 'text', column => column.notNull().unique())
    .addColumn('pattern', 'text', column => column.notNull())
    .addColumn('project', 'text')
    .addColumn('owner', 'text', column => column.notNull())
    .addColumn('owner_instance', 'text')
    .addColumn('why', 'text', column => column.notNull())
    .addColumn('at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('released_at', 'bigint')
    .execute()
  await db.schema.createIndex('reservations_expires').on('reservations').column('expires_at').execute()
  if (dialect === 'postgres') {
    await sql`create trigger tell_change after insert or update or delete on clambake.reservations
      for each statement execute function clambake.tell_change()`.execute(db)
  }
}

/**
 * Reserves all patterns, or none where another session has something that they touch. The owner's own of the same name are
 * kept for longer.
 */
export async function reserve(
  db: Kysely<Tables>,
  options: NewReservations,
  dialect: Dialect,
  /** Gets what is reserved before others can see the reservation. */
  guard?: string,
): Promise<Reserved> {
  const {patterns, nonce, gone, from, instance, project, why, at, expiresAt} = options
  return db.transaction().execute(async transaction => {
    // Patterns that are written in two ways may touch, so all of them are compared under one lock.
    await holdLock(transaction, 'reservations', dialect)
    const open = await openReservations(transaction, at)
    const peers = await findPeers(transaction, {since: at - GONE_MS})
    const standings = new Map(peers.map(({id}) => [id, gone.includes(id) ? 'gone' : 'active'] as const))
    const kept = keptNow(open, standings, at)
    const taken = kept
      .filter(one => isOfAnother(options, one))
      .find(one =>
        patterns.some(resource => areOfOneThing({resource, project}, {resource: one.pattern, project: one.project})),
      )
    if (taken !== undefined) return {taken}
    if (guard !== undefined) addToGuard(guard, guardWords(patterns))
    const reserved: Reservation[] = []
    const owner_claim = await claimOf(transaction, instance)
    for (const [at_, pattern] of patterns.entries()) {
      const own = kept.find(one => one.pattern === pattern && one.project === project && !isOfAnother(options, one))
      if (own !== undefined) {
        await transaction
          .updateTable('reservations')
          .set({why, expires_at: expiresAt})
          .where('id', '=', own.id)
          .execute()
        reserved.push({...own, why, expiresAt})
        continue
      }
      const row = {pattern, project, owner: from, owner_instance: instance, owner_claim, why, at, expires_at: expiresAt}
      await transaction
        .insertInto('reservations')
        .values({...row, nonce: `${nonce} ${at_}`, released_at: null})
        .onConflict(conflict => conflict.column('nonce').doNothing())
        .execute()
      const stored = await transaction
        .selectFrom('reservations')
        .selectAll()
        .where('nonce', '=', `${nonce} ${at_}`)
        .executeTakeFirstOrThrow()
      reserved.push(reservationOf(stored))
    }
    return {reserved}
  })
}

/** Releases what the owner has, and says what that was. */
export async function release(db: Kysely<Tables>, {from, instance, ids, at}: Release): Promise<Reservation[]> {
  let query = db
    .updateTable('reservations')
    .set({released_at: at})
    .where('released_at', 'is', null)
    .where('expires_at', '>', at)
    .where('owner_instance', instance === null ? 'is' : '=', instance)
  if (instance === null) query = query.where('owner', '=', from)
  if (ids !== null) query = query.where('id', 'in', ids.length === 0 ? [-1] : [...ids])
  return (await query.returningAll().execute()).map(reservationOf)
}

/** Those that are neither released nor over, oldest first. */
export async function openReservations(db: Kysely<Tables>, at: number): Promise<Reservation[]> {
  const rows = await db
    .selectFrom('reservations')
    .selectAll()
    .where('released_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('id')
    .execute()
  return rows.map(reservationOf)
}

function reservationOf(row: Selectable<Tables['reservations']>): Reservation {
  const {id, pattern, project, why, at} = row
  return {id, pattern, project, from: row.owner, instance: row.owner_instance, why, at, expiresAt: row.expires_at}
}
