import {systemClock} from '../../base/clock.ts'
import {createMutex} from '../../base/mutex.ts'
import type {CallMessage, Notice} from '../calls.ts'
import type {Engine} from '../engine.ts'
import {execute} from '../execute.ts'
import {prune} from '../store/prune.ts'
import {troubleOf} from '../trouble.ts'
import {type Database, openPostgres} from './database.ts'
import {isConnectionError, isRepeatable} from './errors.ts'
import {listen} from './listen.ts'

const PRUNE_EVERY_MS = 60 * 60_000
/** How often a call is tried; a server that restarts refuses for longer, and then the caller decides. */
const TRIES = 3
/** A try to connect that failed after this long was not refused: nothing answered. */
const SLOW_MS = 2000
/** How long no further try is made then, as a multiple of the time that the failed one took. */
const PAUSE_RATIO = 2

/** The hub's database on a server. It connects when needed, and again when the connection broke. */
export class PostgresEngine implements Engine {
  readonly #url: string
  readonly #notify: (notice: Notice) => void
  readonly #turn = createMutex()
  #database: Database | undefined
  #refused: {until: number; error: unknown} | undefined
  #listening: AsyncDisposable | undefined
  #prunedAt = Number.NEGATIVE_INFINITY

  constructor(options: {url: string; notify: (notice: Notice) => void}) {
    this.#url = options.url
    this.#notify = options.notify
  }

  run(call: CallMessage): Promise<unknown> {
    return this.#turn.run(async () => {
      try {
        if (call.name === 'close') return await this.#end()
        if (call.name === 'watch') return this.#watch()
        return await this.#tried(call)
      } catch (error) {
        throw troubleOf(error)
      }
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#turn.run(() => this.#end())
  }

  /** Executes a call, again when the connection broke under it: every call may be executed twice. */
  async #tried(call: CallMessage): Promise<unknown> {
    for (let left = TRIES - 1; ; left--) {
      try {
        this.#database ??= await this.#open()
        const {kysely} = this.#database
        const result = await execute(kysely, call, 'postgres')
        if (call.name === 'append') await this.#pruneNowAndThen(kysely)
        return result
      } catch (error) {
        // Whoever could not even connect waits for long enough already.
        const wasOpen = this.#database !== undefined
        if (isConnectionError(error)) await this.#close()
        if (left === 0 || !wasOpen || !isRepeatable(error)) throw error
      }
    }
  }

  /**
   * Connects. After a try that failed slowly, as where the server does not answer, calls fail at once for a while: a daemon
   * makes several at its start, and would wait for each.
   */
  async #open(): Promise<Database> {
    const at = systemClock.monotonic()
    if (this.#refused !== undefined && at < this.#refused.until) throw this.#refused.error
    try {
      const database = await openPostgres(this.#url)
      this.#refused = undefined
      return database
    } catch (error) {
      const now = systemClock.monotonic()
      if (now - at > SLOW_MS) this.#refused = {until: now + (now - at) * PAUSE_RATIO, error}
      throw error
    }
  }

  #watch(): void {
    this.#listening ??= listen({url: this.#url, clock: systemClock, onChange: () => this.#notify({type: 'changed'})})
  }

  async #pruneNowAndThen(kysely: Database['kysely']): Promise<void> {
    const now = systemClock.monotonic()
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return
    await prune(kysely, systemClock.now(), 'postgres')
    this.#prunedAt = now
  }

  async #end(): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]()
    this.#listening = undefined
    await this.#close()
  }

  async #close(): Promise<void> {
    const database = this.#database
    this.#database = undefined
    await database?.[Symbol.asyncDispose]()
  }
}
