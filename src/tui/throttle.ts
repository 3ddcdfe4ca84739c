import type {Clock} from '../base/clock.ts'

/** The longest wait of an urgent request; several urgent requests often come in a row. */
const URGENT_MS = 4

/**
 * Runs a task on request, at most once per `everyMs`: at once (after the running code) if the time since the last run is
 * over, else when it is. Urgent requests hardly wait. A run that gives false did nothing and does not count.
 */
export class Throttle implements Disposable {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #task: () => boolean
  #last = Number.NEGATIVE_INFINITY
  #state: 'quiet' | 'asked' | 'disposed' = 'quiet'
  #timer: Disposable | null = null

  constructor(options: {clock: Clock; everyMs: number; task: () => boolean}) {
    this.#clock = options.clock
    this.#everyMs = options.everyMs
    this.#task = options.task
  }

  request(options: {urgent: boolean} = {urgent: false}): void {
    if (this.#state === 'disposed') return
    if (this.#state === 'asked' && !(options.urgent && this.#timer)) return
    this.#timer?.[Symbol.dispose]()
    this.#timer = null
    this.#state = 'asked'
    const waitMs = this.#last + (options.urgent ? URGENT_MS : this.#everyMs) - this.#clock.monotonic()
    if (waitMs <= 0) queueMicrotask(() => this.#run())
    else this.#timer = this.#clock.after(waitMs, () => this.#run())
  }

  [Symbol.dispose](): void {
    this.#state = 'disposed'
    this.#timer?.[Symbol.dispose]()
  }

  #run(): void {
    if (this.#state === 'disposed') return
    this.#state = 'quiet'
    this.#timer = null
    const start = this.#clock.monotonic()
    if (this.#task()) this.#last = start
  }
}
