import type {Kysely} from 'kysely'
import {sql} from 'kysely'
import type {Dialect} from './dialect.ts'
import type {Tables} from './schema.ts'

const DAY_MS = 24 * 60 * 60_000
/** How long history is kept; messages are delivered or expired after a day. */
const KEPT_MS = {events: 365 * DAY_MS, messages: 30 * DAY_MS, instances: 30 * DAY_MS, session_log: 90 * DAY_MS}
/** Above this size, the oldest events go, however young they are. */
const MAX_BYTES = 256 * 1024 * 1024
/** Rows of one delete: other processes wait only milliseconds for it. */
const ROWS = 5000
/** The deletes of one run; what is left goes in the next. */
const ROUNDS = 200

export type PruneLimits = {keptMs: typeof KEPT_MS; maxBytes: number}

/**
 * Deletes history that is old, and the oldest while the database is too large; freed pages are used again. A Postgres is
 * its administrator's, so its size is not looked at.
 */
export async function prune(
  db: Kysely<Tables>,
  now: number,
  dialect: Dialect,
  {keptMs, maxBytes}: PruneLimits = {keptMs: KEPT_MS, maxBytes: MAX_BYTES},
): Promise<void> {
  await db
    .deleteFrom('messages')
    .where('sent_at', '<', now - keptMs.messages)
    .where('key', 'is', null)
    .execute()
  // What was kept once stays for as long as it could come again.
  await db
    .deleteFrom('messages')
    .where('sent_at', '<', now - keptMs.events)
    .execute()
  await db.deleteFrom('receipts').where('message', 'not in', db.selectFrom('messages').select('id')).execute()
  await db
    .deleteFrom('instances')
    .where('heartbeat_at', '<', now - keptMs.instances)
    .execute()
  await db
    .deleteFrom('reservations')
    .where('expires_at', '<', now - keptMs.messages)
    .execute()
  await db
    .deleteFrom('session_log')
    .where('at', '<', now - keptMs.session_log)
    .execute()
  // By the newest event's time too: a clock that is set ahead must not make young history old.
  const newest = await db.selectFrom('events').select('at').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  const before = Math.min(now, newest?.at ?? now) - keptMs.events
  for (let round = 0; round < ROUNDS; round++) {
    const isTooLarge = dialect === 'sqlite' && (await usedBytes(db)) > maxBytes
    const oldest = db.selectFrom('events').select('seq').orderBy('seq').limit(ROWS)
    const chosen = db.deleteFrom('events').where('seq', 'in', oldest)
    const {numDeletedRows} = await (isTooLarge ? chosen : chosen.where('at', '<', before)).executeTakeFirstOrThrow()
    if (numDeletedRows === 0n) return
  }
}

/** The bytes of the pages that hold something. */
async function usedBytes(db: Kysely<Tables>): Promise<number> {
  const pages = async (name: string) => {
    const {rows} = await sql<Record<string, number>>`${sql.raw(`pragma ${name}`)}`.execute(db)
    return Number(Object.values(rows[0] ?? {})[0] ?? 0)
  }
  return ((await pages('page_count')) - (await pages('freelist_count'))) * (await pages('page_size'))
}
