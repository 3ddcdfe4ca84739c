import {type ChildProcess, spawn} from 'node:child_process'
import {closeSync, openSync} from 'node:fs'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, EXIT} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {isAlive} from '../base/run.ts'

const FIRST_PAUSE_MS = 1000
/** So many starts in this time, and it is left alone until somebody asks again: it would only fail once more. */
const MAX_STARTS = 5
const WINDOW_MS = 10 * 60_000

/** A program that is not our child is looked for this often; its end tells nothing but that. */
const WATCH_MS = 1000

/** `pid`: it runs already, and is nobody's child any more. */
export type Charge = {pid?: number; argv: string[]; cwd: string; env: Record<string, string>; log: string}

/**
 * Keeps one program running: started again after a crash, with pauses of 1, 2, 4, 8 s, until it crashed too often.
 * An exit with 0 is its own wish, and one with 2 says that a person must change something first: both are respected.
 */
export class Supervisor implements Disposable {
  readonly #clock: Clock
  readonly #log: Log
  #charge: Charge | undefined
  #child: ChildProcess | undefined
  #starts: number[] = []
  #restart: Disposable | undefined

  constructor(options: {clock: Clock; log: Log}) {
    this.#clock = options.clock
    this.#log = options.log
  }

  /** Whether it has something to keep running. */
  get active(): boolean {
    return this.#charge !== undefined
  }

  /**
   * Starts the program, or takes over the new argv for the next start when it runs already; ends a quarantine. A
   * program that runs without us is started when it is gone, unless it had itself released.
   * Throws `start-failed` when it cannot be started at all.
   */
  supervise(charge: Charge): {pid: number} {
    this.#charge = charge
    this.#starts = []
    const pid = this.#child?.pid ?? (charge.pid === undefined ? this.#start() : this.#watch(charge.pid))
    if (pid !== undefined) return {pid}
    this.#charge = undefined
    throw new ClambakeError({
      code: 'start-failed',
      message: `${charge.argv[0]} could not be started in ${charge.cwd}`,
      next: 'check that the program and the folder exist',
    })
  }

  /** Lets the program go on without us. */
  release(): void {
    this.#restart?.[Symbol.dispose]()
    this.#charge = undefined
    this.#child = undefined
  }

  [Symbol.dispose](): void {
    this.release()
  }

  #watch(pid: number): number {
    this.#restart?.[Symbol.dispose]()
    this.#restart = this.#clock.after(WATCH_MS, () => {
      if (isAlive(pid)) this.#watch(pid)
      else this.#start()
    })
    return pid
  }

  /** Gives undefined when there is no such program or folder. */
  #start(): number | undefined {
    const charge = this.#charge
    if (!charge) return undefined
    this.#restart?.[Symbol.dispose]()
    this.#starts.push(this.#clock.monotonic())
    const [file = '', ...args] = charge.argv
    const log = openSync(charge.log, 'a', 0o600)
    const child = spawn(file, args, {cwd: charge.cwd, env: charge.env, stdio: ['ignore', log, log]})
    closeSync(log)
    this.#child = child
    child.on('error', error => this.#log.error('supervised program failed', {error}))
    child.on('exit', (code, signal) => this.#ended(child, {code, signal}))
    return child.pid
  }

  #ended(child: ChildProcess, {code, signal}: {code: number | null; signal: string | null}): void {
    // After a release it is nobody's any more.
    if (child !== this.#child) return
    this.#child = undefined
    if (code === EXIT.good || code === EXIT.usage) {
      this.#charge = undefined
      return
    }
    const now = this.#clock.monotonic()
    this.#starts = this.#starts.filter(at => now - at < WINDOW_MS)
    if (this.#starts.length >= MAX_STARTS) {
      this.#log.error('supervised program crashed too often, left alone', {code, signal, starts: this.#starts.length})
      this.#charge = undefined
      return
    }
    const pauseMs = FIRST_PAUSE_MS * 2 ** Math.max(0, this.#starts.length - 1)
    this.#log.warn('supervised program crashed, starts again', {code, signal, pauseMs})
    this.#restart = this.#clock.after(pauseMs, () => this.#start())
  }
}
