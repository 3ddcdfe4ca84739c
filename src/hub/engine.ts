import {systemClock} from '../base/clock.ts'
import {createMutex} from '../base/mutex.ts'
import type {CallMessage, Notice} from './calls.ts'
import {type Database, openDatabase} from './database.ts'
import {findMessages, insertMessage, markDelivered} from './messages.ts'
import {prune} from './prune.ts'
import {quarantine, withSetupLock} from './quarantine.ts'
import {appendEvents, deleteInstance, findEvents, findInstances, upsertInstance} from './store.ts'
import {troubleOf} from './trouble.ts'

const PRUNE_EVERY_MS = 60 * 60_000

/**
 * The database side of the hub, which runs in its worker. It executes one call after another. It opens the database when
 * needed, opens it again when the file was replaced, and rebuilds it when it is corrupt.
 */
export class Engine implements AsyncDisposable {
  readonly #file: string
  readonly #notify: (notice: Notice) => void
  readonly #turn = createMutex()
  #database: Database | undefined
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(options: {file: string; notify: (notice: Notice) => void}) {
    this.#file = options.file
    this.#notify = options.notify
  }

  /** Gives the call's result. Throws TroubleError when the database cannot do it now. */
  run(call: CallMessage): Promise<unknown> {
    return this.#turn.run(async () => {
      try {
        return await this.#withDatabase(database => this.#execute(database, call))
      } catch (error) {
        throw troubleOf(error)
      }
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#turn.run(() => this.#close())
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
    const database = await withSetupLock(this.#file, () => openDatabase(this.#file))
    this.#database = database
    return database
  }

  async #rebuild(): Promise<void> {
    const aside = await withSetupLock(this.#file, async () => quarantine(this.#file, new Date(systemClock.now())))
    if (aside !== undefined) this.#notify({type: 'rebuilt', aside})
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
    await prune(kysely, systemClock.now())
    this.#prunedAt = now
  }

  async #execute(database: Database, call: CallMessage): Promise<unknown> {
    const {kysely} = database
    switch (call.name) {
      case 'append':
        await appendEvents(kysely, call.argument)
        return this.#pruneNowAndThen(kysely)
      case 'find':
        return findEvents(kysely, call.argument)
      case 'register':
        return upsertInstance(kysely, call.argument)
      case 'deregister':
        return deleteInstance(kysely, call.argument)
      case 'send':
        return insertMessage(kysely, call.argument)
      case 'delivered':
        return markDelivered(kysely, call.argument)
      case 'messages':
        return findMessages(kysely, call.argument)
      case 'instances':
        return findInstances(kysely, call.argument.since)
      case 'close':
        return this.#close()
    }
  }
}
