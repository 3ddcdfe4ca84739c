import {closeSync, existsSync, openSync, statSync} from 'node:fs'
import {DatabaseSync, type SQLInputValue} from 'node:sqlite'
import {Kysely, SqliteAdapter, SqliteDialect} from 'kysely'
import {ensureFullText} from '../store/memory/full-text.ts'
import {migrate} from '../store/migrate.ts'
import type {Tables} from '../store/schema.ts'
import {probeAbilities} from './abilities.ts'
import {loadVectors} from './vectors.ts'

/** Other writers need milliseconds; a longer wait means that a process hangs. */
const BUSY_MS = 2000

export type Database = AsyncDisposable & {
  readonly kysely: Kysely<Tables>
  /** Whether the path still names the opened file; another process may have moved a corrupt one aside. */
  isCurrent(): boolean
  /** Loads what compares vectors, if it can be had. */
  loadVectors(): Promise<void>
  /** A number that changes when another connection has written. */
  version(): number
}

/**
 * A migration is one transaction, since SQLite undoes changes of tables too: a process that is killed in one leaves no half
 * of it. Kysely's own adapter does without.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

/**
 * Opens or creates the hub's database and migrates its tables. Call it under the set-up lock: programs of earlier versions
 * migrate without a transaction. `fullText`: false does without, as a SQLite that has none. Throws SQLite's errors.
 */
export async function openDatabase(file: string, busyMs = BUSY_MS, fullText = true): Promise<Database> {
  const {sqlite, mayExtend} = openFile(file, busyMs)
  try {
    sqlite.exec('pragma journal_mode = wal')
    sqlite.exec('pragma synchronous = normal')
    // Searches look at thousands of rows; what they do not need is not taken.
    sqlite.exec('pragma cache_size = -16384')
    const kysely = new Kysely<Tables>({dialect: new Dialect({database: shim(sqlite)})})
    await migrate(kysely as Kysely<unknown>, 'sqlite')
    await ensureFullText(kysely as Kysely<unknown>, fullText)
    const data = sqlite.prepare('pragma data_version')
    const opened = fileId(file)
    let vectors: Promise<void> | undefined
    return {
      kysely,
      loadVectors: () => {
        vectors ??= mayExtend ? loadVectors(sqlite) : Promise.resolve()
        return vectors
      },
      isCurrent: () => fileId(file) === opened,
      version: () => Number(data.get()?.data_version),
      [Symbol.asyncDispose]: () => kysely.destroy(),
    }
  } catch (error) {
    if (sqlite.isOpen) sqlite.close()
    throw error
  }
}

/** Opens a file such that extensions can be loaded later, where this Node can do that. A new one is for its user alone. */
function openFile(file: string, timeout: number): {sqlite: DatabaseSync; mayExtend: boolean} {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  if (probeAbilities().extensions !== true) return {sqlite: new DatabaseSync(file, {timeout}), mayExtend: false}
  return {sqlite: new DatabaseSync(file, {timeout, allowExtension: true}), mayExtend: true}
}

/** A statement that does nothing. */
const NOTHING = {
  reader: false,
  all: () => [],
  run: () => ({changes: 0, lastInsertRowid: 0}),
  iterate: () => [][Symbol.iterator](),
}

/** Adapts node:sqlite to the interface of better-sqlite3, which Kysely's SQLite dialect expects. */
function shim(sqlite: DatabaseSync) {
  return {
    close: () => sqlite.close(),
    prepare(sql: string) {
      // SQLite ends a transaction by itself where the disk is full; to roll it back would hide that error by another.
      if (sql === 'rollback' && !sqlite.isTransaction) return NOTHING
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
