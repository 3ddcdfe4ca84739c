import {systemClock} from '../base/clock.ts'
import {createMutex} from '../base/mutex.ts'
import type {CallMessage, Notice} from './calls.ts'
import {type Database, openDatabase} from './database.ts'
import {findMessages, insertMessage, markDelivered} from './messages.ts'
import {quarantine, withSetupLock} from './quarantine.ts'
import {appendEvents, deleteInstance, findEvents, findInstances, lastSeq, upsertInstance} from './store.ts'
import {troubleOf} from './trouble.ts'

/** Most events of one notice; more wait for the next look. */
const WATCH_BATCH = 500

/**
 * The database side of the hub, which runs in its worker. It executes one call after another. It opens the database when
 * needed, opens it again when the file was replaced, and rebuilds it when it is corrupt.
 */
export class Engine implements AsyncDisposable {
  readonly #file: string
  readonly #notify: (notice: Notice) => void
  readonly #turn = createMutex()
  #database: Database | undefined
  #watched: {repository: string; after: number; version: number} | undefined

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

  /** Sends a notice with the watched repository's new events, if any. Throws TroubleError. */
  look(): Promise<void> {
    return this.#turn.run(async () => {
      try {
        await this.#withDatabase(database => this.#tellNew(database))
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
    // A new file numbers its events from the start.
    if (this.#watched) this.#watched = {...this.#watched, after: 0, version: -1}
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

  async #execute(database: Database, call: CallMessage): Promise<unknown> {
    const {kysely} = database
    switch (call.name) {
      case 'append':
        await appendEvents(kysely, call.argument)
        // The version only changes with commits of other connections.
        if (this.#watched) this.#watched.version = -1
        return
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
      case 'watch':
        this.#watched = {
          repository: call.argument.repository,
          after: call.argument.after ?? (await lastSeq(kysely)),
          version: -1,
        }
        return
      case 'close':
        return this.#close()
    }
  }

  async #tellNew(database: Database): Promise<void> {
    if (!this.#watched) return
    const {repository, after} = this.#watched
    const version = database.version()
    if (version === this.#watched.version) return
    const events = await findEvents(database.kysely, {repository, after, limit: WATCH_BATCH})
    const full = events.length === WATCH_BATCH
    this.#watched = {repository, after: events.at(-1)?.seq ?? after, version: full ? -1 : version}
    if (events.length > 0) this.#notify({type: 'events', events})
  }
}
