import {writeSync} from 'node:fs'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, isSystemError} from '../base/errors.ts'

/** The pause between two tries to write. The kernel buffers only 4 kB for a program that does not read. */
const RETRY_MS = 10
/** Longer than any prompt: a program with more input waiting does not read at all. */
const MAX_QUEUED_BYTES = 1024 * 1024

/**
 * Queues what is typed into a terminal and writes it in order. node-pty's own queue retries without a pause while a
 * program does not read, so a hung agent costs a whole core, and it still writes after the descriptor is closed. Its
 * descriptor does not block, so a write returns at once.
 */
export class PtyInput {
  readonly #fd: number
  readonly #clock: Clock
  #queue: Buffer[] = []
  #bytes = 0
  #retry: Disposable | undefined

  constructor(options: {fd: number; clock: Clock}) {
    this.#fd = options.fd
    this.#clock = options.clock
  }

  /** Throws `pane-does-not-read` if too much input waits already; one long paste is taken when none waits. */
  write(data: string): void {
    const bytes = Buffer.from(data)
    if (this.#bytes > 0 && this.#bytes + bytes.length > MAX_QUEUED_BYTES) throw doesNotRead(this.#bytes, bytes.length)
    this.#queue.push(bytes)
    this.#bytes += bytes.length
    if (!this.#retry) this.#drain()
  }

  /** Drops waiting input; call it before the descriptor is closed. */
  close(): void {
    this.#retry?.[Symbol.dispose]()
    this.#queue = []
    this.#bytes = 0
  }

  #drain(): void {
    this.#retry = undefined
    try {
      for (let first = this.#queue[0]; first; first = this.#queue[0]) {
        const written = first.length === 0 ? 0 : writeSync(this.#fd, first)
        this.#bytes -= written
        if (written === first.length) this.#queue.shift()
        else this.#queue[0] = first.subarray(written)
      }
    } catch (error) {
      if (isSystemError(error, 'EAGAIN')) this.#retry = this.#clock.after(RETRY_MS, () => this.#drain())
      // Any other error means that the program has ended; its exit event follows.
      else this.close()
    }
  }
}

function doesNotRead(waiting: number, refused: number): ClambakeError {
  return new ClambakeError({
    code: 'pane-does-not-read',
    message: `The program does not read its keyboard; ${waiting} bytes wait already`,
    kept: `those are delivered when it reads again; the last ${refused} bytes were not typed`,
    next: 'look at the pane; stop the agent if it hangs',
  })
}
