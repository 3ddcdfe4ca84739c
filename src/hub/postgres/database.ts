import {Kysely, PostgresDialect, sql} from 'kysely'
import pg from 'pg'
import {isMigrated, migrate, SCHEMA} from '../store/migrate.ts'
import type {Tables} from '../store/schema.ts'
import {TroubleError} from '../trouble.ts'
import {explained, lacksRight, mustBeMigrated} from './explain.ts'

/** How long a connection may take: a server that is up answers in milliseconds, over a network in a second. */
export const CONNECT_MS = 5000
/** How long a statement may take; the largest batch takes some ten milliseconds. */
const QUERY_MS = 20_000
/** How long a statement waits for the lock of another client. */
const LOCK_MS = 10_000
/** The type of `bigint`, which the driver gives as text: our numbers are times and counts, far below 2^53. */
const INT8 = 20

export type Database = AsyncDisposable & {readonly kysely: Kysely<Tables>}

/** How every connection to the server is made. */
export function clientOptions(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    application_name: 'clambake',
  }
}

/**
 * Connects to the server and migrates the tables in the schema `clambake`; nothing else in the database is touched. Throws
 * the driver's errors, and TroubleError when the schema holds another program's tables.
 */
export async function openPostgres(url: string, lockMs = LOCK_MS): Promise<Database> {
  const pool = new pg.Pool({
    ...clientOptions(url),
    max: 2,
    types: {
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        type === INT8 ? Number : pg.types.getTypeParser(type, format as 'text'),
    } as pg.CustomTypesConfig,
  })
  // A connection that breaks while it is idle: the next statement opens another.
  pool.on('error', () => {})
  // One that breaks between two statements of a transaction: the next of them fails.
  pool.on('connect', client => {
    client.on('error', () => {})
    client.query(limits(lockMs)).catch(() => {}) // The statement that follows fails with the connection.
  })
  const plain = new Kysely<unknown>({dialect: new PostgresDialect({pool})})
  try {
    if (!(await isMigrated(plain, 'postgres'))) await migrateAlone(plain)
    return {
      kysely: plain.withSchema(SCHEMA) as Kysely<Tables>,
      [Symbol.asyncDispose]: () => plain.destroy(),
    }
  } catch (error) {
    await plain.destroy()
    throw explained(error)
  }
}

/**
 * What the server itself limits, as it does not notice for hours that a client gave up or was suspended: how long a statement
 * runs, how long it waits for another's lock, and how long a client that says nothing keeps its own.
 */
function limits(lockMs: number): string {
  const [statementMs, idleMs] = [QUERY_MS - 2000, 30_000]
  return `set statement_timeout = ${statementMs}; set lock_timeout = ${lockMs};
    set idle_in_transaction_session_timeout = ${idleMs}`
}

/** Migrates while no other program does: two that make the same schema at once would both fail. */
async function migrateAlone(db: Kysely<unknown>): Promise<void> {
  await db.connection().execute(async held => {
    await sql`select pg_advisory_lock(hashtext('clambake migration'))`.execute(held)
    try {
      await refuseForeign(db)
      await migrate(db, 'postgres')
    } catch (error) {
      throw lacksRight(error) ? mustBeMigrated(error) : error
    } finally {
      await sql`select pg_advisory_unlock(hashtext('clambake migration'))`.execute(held)
    }
  })
}

/** The first protocol of this kind made tables of the same names with other columns: they are left alone. */
async function refuseForeign(db: Kysely<unknown>): Promise<void> {
  const {rows} = await sql<{foreign: boolean}>`
    select to_regclass('clambake.instances') is not null and to_regclass('clambake.kysely_migration') is null as foreign
  `.execute(db)
  if (!rows[0]?.foreign) return
  throw new TroubleError(
    'unavailable',
    'the schema clambake in this database holds tables of another program; they were left as they are. ' +
      'Rename it (alter schema clambake rename to clambake_old) or name another database',
  )
}
