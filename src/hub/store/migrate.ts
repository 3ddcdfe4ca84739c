import {type Kysely, sql} from 'kysely'
import {type Migration, Migrator} from 'kysely/migration'
import {TroubleError} from '../trouble.ts'
import type {Dialect} from './dialect.ts'
import {firstMigrations, laterMigrations} from './migrations.ts'

/** The schema of all tables on Postgres; SQLite has one file for them. */
export const SCHEMA = 'clambake'

/** How a migration is named after which older programs must not use the store. */
const BREAKING = '-breaking'

const LEDGERS = [
  {table: 'kysely_migration', lock: 'kysely_migration_lock', migrations: firstMigrations},
  {table: 'hub_migration', lock: 'hub_migration_lock', migrations: laterMigrations},
] as const

type Ledger = (typeof LEDGERS)[number]
/** What a ledger names that this program does not know, and whether it names all that this program needs. */
type Standing = {foreign: readonly string[]; isComplete: boolean}

/**
 * Whether the tables have what this program needs. Throws TroubleError `unavailable` when a newer program changed what this
 * one relies on, and errors of the database.
 */
export async function isMigrated(db: Kysely<unknown>, dialect: Dialect): Promise<boolean> {
  for (const ledger of LEDGERS) if (!(await standingOf(db, dialect, ledger)).isComplete) return false
  return true
}

/**
 * Brings the tables to what this program needs, and leaves what a newer one added. Two ledgers: the first programs refuse a
 * store whose ledger names a migration that they do not know, so theirs stays as it was. Throws as `isMigrated` does.
 */
export async function migrate(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  for (const ledger of LEDGERS) {
    const {foreign, isComplete} = await standingOf(db, dialect, ledger)
    if (isComplete) continue
    const {table, lock, migrations} = ledger
    const unchanged: Record<string, Migration> = Object.fromEntries(foreign.map(name => [name, {up: async () => {}}]))
    const schema = dialect === 'postgres' ? {migrationTableSchema: SCHEMA} : {}
    const {error} = await new Migrator({
      db,
      provider: {getMigrations: async () => ({...unchanged, ...inSchema(migrations(dialect), dialect)})},
      migrationTableName: table,
      migrationLockTableName: lock,
      // A newer program may have added its own before this one came to add what it lacks.
      allowUnorderedMigrations: true,
      ...schema,
    }).migrateToLatest()
    if (error) throw error
  }
}

async function standingOf(db: Kysely<unknown>, dialect: Dialect, {table, migrations}: Ledger): Promise<Standing> {
  const known = migrations(dialect)
  const done = await executed(db, dialect, table)
  const foreign = done.filter(name => !(name in known))
  const breaking = foreign.find(name => name.endsWith(BREAKING))
  if (breaking !== undefined) {
    throw new TroubleError('unavailable', `a newer clambake changed the hub's tables (${breaking}): update this one`)
  }
  return {foreign, isComplete: Object.keys(known).every(name => done.includes(name))}
}

/** Which migrations a ledger names; none when there is no ledger. */
async function executed(db: Kysely<unknown>, dialect: Dialect, table: string): Promise<string[]> {
  const found =
    dialect === 'sqlite'
      ? await sql`select 1 from sqlite_schema where type = 'table' and name = ${table}`.execute(db)
      : await sql`select 1 where to_regclass(${`${SCHEMA}.${table}`}) is not null`.execute(db)
  if (found.rows.length === 0) return []
  const at = sql.raw(dialect === 'postgres' ? `${SCHEMA}.${table}` : table)
  const {rows} = await sql<{name: string}>`select name from ${at}`.execute(db)
  return rows.map(({name}) => name)
}

function inSchema(migrations: Record<string, Migration>, dialect: Dialect): Record<string, Migration> {
  if (dialect === 'sqlite') return migrations
  return Object.fromEntries(
    Object.entries(migrations).map(([name, {up}]) => [name, {up: db => up(db.withSchema(SCHEMA))}]),
  )
}
