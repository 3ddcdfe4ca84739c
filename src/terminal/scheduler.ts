/** The longest that parsing may hold the event loop while keys, sockets and timers wait. */
const TURN_MS = 4

export type Job = {
  /** Does a small part, under a millisecond, and gives whether more is left. */
  step(): boolean
  /** Whether it runs before the others, because a person typed and waits for the echo. */
  readonly urgent: boolean
}

/**
 * Shares the event loop between terminals with output to parse: each gets one small step in turn, and every few
 * milliseconds sockets and keys get theirs. xterm itself takes 12 ms for each terminal in a row; with twelve floods an
 * echo would wait for over 100 ms.
 */
export class Scheduler {
  readonly #jobs = new Set<Job>()
  #scheduled = false

  /** Runs the job's steps until none is left. A job that waits already keeps its place. */
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
    try {
      do {
        const job = this.#next()
        if (!job) return
        this.#jobs.delete(job)
        let isLeft = true
        try {
          isLeft = job.step()
        } finally {
          // It goes to the end of the row if more is left, and after a failure: it has taken the part that failed.
          if (isLeft) this.#jobs.add(job)
        }
      } while (performance.now() < end)
    } finally {
      this.#schedule()
    }
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
