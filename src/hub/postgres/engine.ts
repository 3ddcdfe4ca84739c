import {sql} from 'kysely'
import {type Clock, systemClock} from '../../base/clock.ts'
import {createMutex} from '../../base/mutex.ts'
import type {CallMessage, Notice} from '../calls.ts'
import type {Engine} from '../engine.ts'
import {execute} from '../execute.ts'
import {prune} from '../store/prune.ts'
import {troubleOf} from '../trouble.ts'
import {type Database, openPostgres} from './database.ts'
import {isConnectionError, isRepeatable, isTimeUp} from './errors.ts'
import {listen} from './listen.ts'
import {ServerClock, shifted} from './server-clock.ts'

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
  readonly #lockMs: number | undefined
  readonly #clock: Clock
  readonly #serverClock: ServerClock
  readonly #turn = createMutex()
  #database: Database | undefined
  #refused: {until: number; error: unknown} | undefined
  #listening: AsyncDisposable | undefined
  #prunedAt = Number.NEGATIVE_INFINITY

  /** `clock`: this machine's. `lockMs`: how long a statement waits for another client's lock. */
  constructor(options: {url: string; notify: (notice: Notice) => void; clock?: Clock; lockMs?: number}) {
    this.#url = options.url
    this.#lockMs = options.lockMs
    this.#clock = options.clock ?? systemClock
    this.#serverClock = new ServerClock(this.#clock)
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
    this.#failWhileRefused()
    for (let left = TRIES - 1; ; left--) {
      try {
        this.#database ??= await this.#open()
        const {kysely} = this.#database
        const ahead = await this.#serverClock.aheadMs(() => timeOf(kysely))
        const result = await execute(kysely, shifted(call, ahead), 'postgres')
        if (call.name === 'append') await this.#pruneNowAndThen(kysely, ahead)
        return shifted(result, -ahead)
      } catch (error) {
        // Whoever could not even connect waits for long enough already.
        const wasOpen = this.#database !== undefined
        if (isConnectionError(error)) await this.#close()
        // Calls that wait behind this one would each wait as long for the same lock.
        if (isTimeUp(error)) this.#refused = {until: this.#clock.monotonic() + SLOW_MS, error}
        if (left === 0 || !wasOpen || !isRepeatable(error)) throw error
      }
    }
  }

  /**
   * Connects. After a try that failed slowly, as where the server does not answer, calls fail at once for a while: a daemon
   * makes several at its start, and would wait for each.
   */
  async #open(): Promise<Database> {
    const at = this.#clock.monotonic()
    try {
      const database = await openPostgres(this.#url, this.#lockMs)
      this.#refused = undefined
      return database
    } catch (error) {
      const now = this.#clock.monotonic()
      if (now - at > SLOW_MS) this.#refused = {until: now + (now - at) * PAUSE_RATIO, error}
      throw error
    }
  }

  #failWhileRefused(): void {
    if (this.#refused !== undefined && this.#clock.monotonic() < this.#refused.until) throw this.#refused.error
  }

  #watch(): void {
    this.#listening ??= listen({url: this.#url, clock: this.#clock, onChange: () => this.#notify({type: 'changed'})})
  }

  async #pruneNowAndThen(kysely: Database['kysely'], ahead: number): Promise<void> {
    const now = this.#clock.monotonic()
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return
    await prune(kysely, this.#clock.now() + ahead, 'postgres')
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

/** What time it is at the server, in milliseconds since 1970. */
async function timeOf(kysely: Database['kysely']): Promise<number> {
  const {rows} = await sql<{
    now: number
  }>`select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as now`.execute(kysely)
  return rows[0]?.now ?? Number.NaN
}
