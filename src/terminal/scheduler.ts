/** Time that parsing may hold the event loop; keys, sockets and other timers wait no longer than this. */
const TURN_MS = 4

export type Job = {
  /** Does a small part (under a millisecond) and says whether more is left. */
  step(): boolean
  /** Goes before the others: somebody typed into it and waits for the echo. */
  readonly urgent: boolean
}

/**
 * Shares the event loop between terminals that all have output to parse: each in turn gets one small step, and after
 * a few milliseconds sockets and keys are looked after. xterm's own way is 12 ms for each terminal in a row, which
 * with twelve floods makes an echo wait for over 100 ms.
 */
export class Scheduler {
  readonly #jobs = new Set<Job>()
  #scheduled = false

  /** Has the job's steps done until none is left; a job that waits already stays in its place. */
  submit(job: Job): void {
    this.#jobs.add(job)
    this.#schedule()
  }

  remove(job: Job): void {
    this.#jobs.delete(job)
  }

  #schedule(): void {
    if (this.#scheduled || this.#jobs.size === 0) return
    this.#scheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#scheduled = false
    const end = performance.now() + TURN_MS
    do {
      const job = this.#next()
      if (!job) return
      // Back to the end of the row when more is left.
      this.#jobs.delete(job)
      if (job.step()) this.#jobs.add(job)
    } while (performance.now() < end)
    this.#schedule()
  }

  #next(): Job | undefined {
    let first: Job | undefined
    for (const job of this.#jobs) {
      if (job.urgent) return job
      first ??= job
    }
    return first
  }
}
