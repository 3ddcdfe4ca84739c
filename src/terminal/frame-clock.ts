import {type Clock, systemClock} from '../base/clock.ts'

/** 40 a second: no update of a program that draws 30 times a second is lost. */
const BEAT_MS = 25

/**
 * The common beat in which views send frames. Programs draw when they like; if each of a dozen views kept a time of its
 * own, sockets and screens would be woken by every one of them. After a pause the beat comes at once.
 */
export class FrameClock {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()
  #last = Number.NEGATIVE_INFINITY

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Whether a beat is due now; whoever is told so has taken it. */
  take(): boolean {
    const now = this.#clock.monotonic()
    if (this.#waiting.size > 0 || now - this.#last < BEAT_MS) return false
    this.#last = now
    return true
  }

  /** Runs `task` once with the next beat. */
  next(task: () => void): void {
    this.#waiting.add(task)
    if (this.#waiting.size > 1) return
    this.#clock.after(Math.max(0, this.#last + BEAT_MS - this.#clock.monotonic()), () => this.#beat())
  }

  #beat(): void {
    this.#last = this.#clock.monotonic()
    const tasks = [...this.#waiting]
    this.#waiting.clear()
    for (const task of tasks) task()
  }
}
