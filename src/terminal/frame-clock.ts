import {type Clock, systemClock} from '../base/clock.ts'

/** 40 frames a second: a program that draws 30 times a second loses no update. */
const FRAME_MS = 25

/**
 * Tells all views when to send a frame, so that they send together. Programs draw when they like; if each of a dozen
 * views kept its own time, each would wake sockets and screens separately. After a pause the next frame is due at once.
 */
export class FrameClock {
  readonly #clock: Clock
  readonly #waiting = new Set<() => void>()
  #last = Number.NEGATIVE_INFINITY

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** Whether a frame is due now; the caller that gets true uses it up. */
  take(): boolean {
    const now = this.#clock.monotonic()
    if (this.#waiting.size > 0 || now - this.#last < FRAME_MS) return false
    this.#last = now
    return true
  }

  /** Runs `task` once when the next frame is due. */
  next(task: () => void): void {
    this.#waiting.add(task)
    if (this.#waiting.size > 1) return
    this.#clock.after(Math.max(0, this.#last + FRAME_MS - this.#clock.monotonic()), () => this.#run())
  }

  #run(): void {
    this.#last = this.#clock.monotonic()
    const tasks = [...this.#waiting]
    this.#waiting.clear()
    for (const task of tasks) task()
  }
}
