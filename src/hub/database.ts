import {statSync} from 'node:fs'
import {DatabaseSync, type SQLInputValue} from 'node:sqlite'
import {Kysely, SqliteDialect} from 'kysely'
import {Migrator} from 'kysely/migration'
import {migrations} from './migrations.ts'
import type {Tables} from './schema.ts'

/** A writer elsewhere is done in milliseconds; a longer wait is a stuck process. */
const BUSY_MS = 2000

export type Database = AsyncDisposable & {
  readonly kysely: Kysely<Tables>
  /** A number that changes when another connection commits. Costs microseconds. */
  version(): number
  /** Whether the path still names the opened file: another process may have put a corrupt one aside. */
  isCurrent(): boolean
}

/**
 * Opens or makes the hub's database and brings its tables up to date. Call it under the set-up lock: SQLite cannot
 * change tables in a transaction with Kysely's migrator, so two processes would both make them. Throws SQLite's errors.
 */
export async function openDatabase(file: string): Promise<Database> {
  const sqlite = new DatabaseSync(file, {timeout: BUSY_MS})
  try {
    sqlite.exec('pragma journal_mode = wal')
    sqlite.exec('pragma synchronous = normal')
    const kysely = new Kysely<Tables>({dialect: new SqliteDialect({database: shim(sqlite)})})
    const {error} = await new Migrator({
      db: kysely,
      provider: {getMigrations: async () => migrations},
    }).migrateToLatest()
    if (error) throw error
    const opened = fileId(file)
    const version = sqlite.prepare('pragma data_version')
    return {
      kysely,
      version: () => Number(version.get()?.data_version),
      isCurrent: () => fileId(file) === opened,
      [Symbol.asyncDispose]: () => kysely.destroy(),
    }
  } catch (error) {
    if (sqlite.isOpen) sqlite.close()
    throw error
  }
}

/** Kysely's SQLite dialect speaks better-sqlite3; this lets it speak node:sqlite. */
function shim(sqlite: DatabaseSync) {
  return {
    close: () => sqlite.close(),
    prepare(sql: string) {
      // A deferred transaction that reads first fails as busy at its first write; an immediate one waits its turn.
      const statement = sqlite.prepare(sql === 'begin' ? 'begin immediate' : sql)
      const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
        run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
      }
    },
  }
}

/** Asks for the file's identity only: opening and closing it here would drop SQLite's locks on it. */
function fileId(file: string): string | undefined {
  const stat = statSync(file, {bigint: true, throwIfNoEntry: false})
  return stat && `${stat.dev}:${stat.ino}`
}
