import type {Clock} from '../base/clock.ts'
import {disposable} from '../base/dispose.ts'

/** After so much work for one of them, the others come first. */
const STEP_MS = 5
/** The pause after a step, as a multiple of what the step took. */
const REST = 4

/**
 * Gives turns for work that stops everything else while it is done. Each of `Key` takes one at a time, and at most a fifth of
 * the time: one that asks without end delays itself, and the others by no more than a single turn.
 */
export class Turns<Key> {
  readonly #clock: Clock
  /** The last turn of each: when the next one may begin, and what was spent since the last pause. */
  readonly #last = new Map<Key, {over: Promise<void>; spent: number}>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Waits for the turn, which ends when it is disposed. */
  async take(key: Key): Promise<Disposable> {
    const before = this.#last.get(key)
    const {promise: over, resolve} = Promise.withResolvers<void>()
    const turn = {over, spent: 0}
    this.#last.set(key, turn)
    await before?.over
    const begun = this.#clock.monotonic()
    return disposable(() => {
      const spent = (before?.spent ?? 0) + this.#clock.monotonic() - begun
      if (spent >= STEP_MS) return void this.#clock.after(spent * REST, resolve)
      turn.spent = spent
      resolve()
    })
  }

  /** Forgets one that takes no more turns. */
  forget(key: Key): void {
    this.#last.delete(key)
  }
}
