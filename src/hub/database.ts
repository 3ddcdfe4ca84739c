import {statSync} from 'node:fs'
import {DatabaseSync, type SQLInputValue} from 'node:sqlite'
import {Kysely, SqliteDialect} from 'kysely'
import {Migrator} from 'kysely/migration'
import {migrations} from './migrations.ts'
import type {Tables} from './schema.ts'

/** Other writers need milliseconds; a longer wait means that a process hangs. */
const BUSY_MS = 2000

export type Database = AsyncDisposable & {
  readonly kysely: Kysely<Tables>
  /** Whether the path still names the opened file; another process may have moved a corrupt one aside. */
  isCurrent(): boolean
}

/**
 * Opens or creates the hub's database and migrates its tables. Call it under the set-up lock: Kysely's migrator cannot use a
 * transaction with SQLite, so two processes could both create the tables. Throws SQLite's errors.
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
    return {
      kysely,
      isCurrent: () => fileId(file) === opened,
      [Symbol.asyncDispose]: () => kysely.destroy(),
    }
  } catch (error) {
    if (sqlite.isOpen) sqlite.close()
    throw error
  }
}

/** Adapts node:sqlite to the interface of better-sqlite3, which Kysely's SQLite dialect expects. */
function shim(sqlite: DatabaseSync) {
  return {
    close: () => sqlite.close(),
    prepare(sql: string) {
      // A deferred transaction that reads first fails as busy at its first write; an immediate one waits.
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

/** The file's identity. Opening and closing the file here would drop SQLite's locks on it. */
function fileId(file: string): string | undefined {
  const stat = statSync(file, {bigint: true, throwIfNoEntry: false})
  return stat && `${stat.dev}:${stat.ino}`
}
