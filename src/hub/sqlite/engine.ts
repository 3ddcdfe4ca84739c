import {dirname} from 'node:path'
import {systemClock} from '../../base/clock.ts'
import {createMutex} from '../../base/mutex.ts'
import {repeat} from '../../base/repeat.ts'
import type {CallMessage, Notice} from '../calls.ts'
import type {Engine} from '../engine.ts'
import {execute, isWrite} from '../execute.ts'
import {hookPaths, placePaths} from '../hooks/folder.ts'
import {prune} from '../store/prune.ts'
import {troubleOf} from '../trouble.ts'
import {type Database, openDatabase} from './database.ts'
import {quarantine, withSetupLock} from './quarantine.ts'

const PRUNE_EVERY_MS = 60 * 60_000
/** What others wrote is seen within a second, also on a busy machine. */
const WATCH_MS = 400

/**
 * The hub's database in a file. It opens the file when needed, opens it again when it was replaced, and rebuilds it when it
 * is corrupt.
 */
export class SqliteEngine implements Engine {
  readonly #file: string
  readonly #guard: string
  readonly #busyMs: number | undefined
  readonly #fullText: boolean | undefined
  readonly #notify: (notice: Notice) => void
  readonly #turn = createMutex()
  #database: Database | undefined
  #watching: Disposable | undefined
  #prunedAt = Number.NEGATIVE_INFINITY

  /** `busyMs`: how long a call waits for other writers. `fullText`: false does without, as a SQLite that has none. */
  constructor(options: {
    file: string
    busyMs?: number | undefined
    fullText?: boolean
    notify: (notice: Notice) => void
  }) {
    this.#file = options.file
    this.#guard = placePaths(hookPaths(dirname(options.file)), {kind: 'file', file: options.file}).guard
    this.#busyMs = options.busyMs
    this.#fullText = options.fullText
    this.#notify = options.notify
  }

  /** Gives the call's result. Throws TroubleError when the database cannot do it now. */
  run(call: CallMessage): Promise<unknown> {
    return this.#turn.run(async () => {
      if (call.name === 'watch') return this.#watch()
      try {
        if (call.name === 'close') return await this.#end()
        return await this.#withDatabase(database => this.#execute(database, call))
      } catch (error) {
        throw troubleOf(error)
      }
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#turn.run(() => this.#end())
  }

  /** Runs a task. A second try uses the rebuilt database, or the one that replaced the file while the task ran. */
  async #withDatabase<T>(task: (database: Database) => Promise<T>): Promise<T> {
    try {
      const result = await task(await this.#ready())
      if (this.#database?.isCurrent()) return result
    } catch (error) {
      const {kind} = troubleOf(error)
      if (kind === 'locked' || kind === 'full') throw error
      await this.#close()
      if (kind === 'corrupt') await this.#rebuild()
    }
    return task(await this.#ready())
  }

  async #ready(): Promise<Database> {
    if (this.#database?.isCurrent()) return this.#database
    await this.#close()
    const database = await withSetupLock(this.#file, () => openDatabase(this.#file, this.#busyMs, this.#fullText))
    this.#database = database
    return database
  }

  async #rebuild(): Promise<void> {
    const aside = await withSetupLock(this.#file, async () => quarantine(this.#file, new Date(systemClock.now())))
    if (aside !== undefined) this.#notify({type: 'rebuilt', aside})
  }

  #end(): Promise<void> {
    this.#watching?.[Symbol.dispose]()
    return this.#close()
  }

  async #close(): Promise<void> {
    const database = this.#database
    this.#database = undefined
    await database?.[Symbol.asyncDispose]()
  }

  /** Prunes at the first append and then once an hour; a failure is that of the append, which may be sent again. */
  async #pruneNowAndThen(kysely: Database['kysely']): Promise<void> {
    const now = systemClock.monotonic()
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return
    await prune(kysely, systemClock.now(), 'sqlite')
    this.#prunedAt = now
  }

  async #execute(database: Database, call: CallMessage): Promise<unknown> {
    if (call.name === 'recall' && call.argument.near !== undefined) await database.loadVectors()
    const result = await execute(database.kysely, call, 'sqlite', this.#guard)
    if (call.name === 'append') await this.#pruneNowAndThen(database.kysely)
    // The version tells only what other connections wrote.
    if (this.#watching && isWrite(call)) this.#notify({type: 'changed'})
    return result
  }

  /** Looks again and again whether another process wrote: that costs some microseconds. */
  #watch(): void {
    if (this.#watching) return
    let seen: number | undefined
    this.#watching = repeat(systemClock, 0, async () => {
      const version = this.#version()
      // The first version too: others may have written between the first read and this look.
      if (version !== undefined && version !== seen) this.#notify({type: 'changed'})
      seen = version
      return WATCH_MS
    })
  }

  #version(): number | undefined {
    try {
      return this.#database?.version()
    } catch {
      return undefined // The file is in trouble; the next call finds out.
    }
  }
}
