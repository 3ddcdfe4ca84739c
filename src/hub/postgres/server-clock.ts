import type {Clock} from '../../base/clock.ts'

/** How long a comparison of the clocks counts. */
const FRESH_MS = 60_000
/** Differences below are not told from those of the network, and the same for both clocks. */
const APART_MS = 1000
/** The longest answer that says what time it is. */
const ANSWER_MS = 2000

/**
 * How far the server's clock is ahead of this machine's. Machines whose clocks differ would else take each other's sessions for
 * gone, and messages and blockers for expired; so the store has the server's times, and each machine sees its own.
 */
export class ServerClock {
  readonly #clock: Clock
  #aheadMs = 0
  #compared: {now: number; monotonic: number} | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds, 0 where the clocks agree. `ask` gives the server's time; it is called once a minute, and after a jump. */
  async aheadMs(ask: () => Promise<number>): Promise<number> {
    if (this.#isFresh()) return this.#aheadMs
    const before = this.#times()
    const server = await ask()
    const after = this.#times()
    const took = after.monotonic - before.monotonic
    // A slow answer says little, and so does one during which this clock was set.
    if (took > ANSWER_MS || Math.abs(after.now - before.now - took) > APART_MS) return this.#aheadMs
    const ahead = Math.round(server - (before.now + after.now) / 2)
    // It stays as it is where it is near enough: a time that is read twice is the same.
    if (Math.abs(ahead - this.#aheadMs) > APART_MS) this.#aheadMs = Math.abs(ahead) > APART_MS ? ahead : 0
    this.#compared = after
    return this.#aheadMs
  }

  #isFresh(): boolean {
    if (this.#compared === undefined) return false
    const {now, monotonic} = this.#times()
    const passed = monotonic - this.#compared.monotonic
    return passed < FRESH_MS && Math.abs(now - this.#compared.now - passed) < APART_MS
  }

  #times(): {now: number; monotonic: number} {
    return {now: this.#clock.now(), monotonic: this.#clock.monotonic()}
  }
}

/** The fields of calls and their results that are times. */
const TIMES: ReadonlySet<string> = new Set([
  ...['at', 'since', 'until', 'openAt', 'expiresAt', 'dueAt', 'heartbeatAt', 'registeredAt', 'deliveredAt'],
  ...['handedAt', 'begunAt', 'readAt', 'createdAt', 'updatedAt'],
])

/** Moves all times of a call, or of its result, by a number of milliseconds. The metadata of events is left as it is. */
export function shifted<T>(value: T, ms: number): T {
  return ms === 0 ? value : (walk(value, ms) as T)
}

function walk(value: unknown, ms: number): unknown {
  if (Array.isArray(value)) return value.map(entry => walk(entry, ms))
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      if (key === 'metadata') return [key, entry]
      return [key, typeof entry === 'number' && TIMES.has(key) ? entry + ms : walk(entry, ms)]
    }),
  )
}
