import {type ChildProcess, spawn} from 'node:child_process'
import {closeSync, openSync} from 'node:fs'
import {dirname} from 'node:path'
import type {Clock} from '../base/clock.ts'
import {ClambakeError, EXIT, isSystemError} from '../base/errors.ts'
import {MAX_LOG_BYTES, rotateLog} from '../base/files.ts'
import type {Log} from '../base/log.ts'
import {ensurePrivateFolder} from '../base/paths.ts'
import {isAlive} from '../base/run.ts'
import {giveSecrets, SECRETS_COME} from '../rpc/secrets.ts'

const FIRST_PAUSE_MS = 1000
/** After this many starts within the window the program is left alone until the next request: it would only fail again. */
const MAX_STARTS = 5
const WINDOW_MS = 10 * 60_000

/** The pause between two looks at a program that is not a child process; its exit code is unknown. */
const WATCH_MS = 1000

/** The program to keep running. `pid`: it runs already, and the host that started it is gone. */
type Supervised = {
  pid?: number
  argv: string[]
  cwd: string
  env: Record<string, string>
  /** Variables that it gets by a pipe. */
  secrets?: Record<string, string>
  log: string
}

/**
 * Keeps one program running: restarts it after a crash, with pauses of 1, 2, 4, 8 s, until it has crashed too often. It
 * does not restart after exit 0, which is intended, or exit 2, after which a person must change something first.
 */
export class Supervisor implements Disposable {
  readonly #clock: Clock
  readonly #log: Log
  #program: Supervised | undefined
  #child: ChildProcess | undefined
  #starts: number[] = []
  #restart: Disposable | undefined

  constructor(options: {clock: Clock; log: Log}) {
    this.#clock = options.clock
    this.#log = options.log
  }

  /** Whether there is a program to keep running. */
  get active(): boolean {
    return this.#program !== undefined
  }

  /** The folder that the program works in; undefined: there is none. */
  get cwd(): string | undefined {
    return this.#program?.cwd
  }

  /** The supervised process; undefined: none is known to run. */
  get pid(): number | undefined {
    return this.#child?.pid ?? this.#program?.pid
  }

  /**
   * Starts the program; if it runs already, keeps the new argv for the next start. Ends a quarantine. A program that an
   * earlier host started is restarted after its end, unless it asked for its release.
   * Throws `start-failed` if it cannot be started.
   */
  supervise(program: Supervised): {pid: number} {
    this.#program = program
    this.#starts = []
    const pid = this.#child?.pid ?? (program.pid === undefined ? this.#start() : this.#watch(program.pid))
    if (pid !== undefined) return {pid}
    this.release()
    throw new ClambakeError({
      code: 'start-failed',
      message: `${program.argv[0]} could not be started in ${program.cwd}`,
      next: 'check that the program and the folder exist',
    })
  }

  /** Asks the program to end, which is not started again. */
  end(): void {
    const {pid} = this
    this.release()
    try {
      if (pid !== undefined) process.kill(pid, 'SIGTERM')
    } catch (error) {
      if (!isSystemError(error, 'ESRCH')) throw error
    }
  }

  /** Stops supervising the program, which keeps running. */
  release(): void {
    this.#restart?.[Symbol.dispose]()
    this.#program = undefined
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

  /** Starts the program; undefined when the program or the folder does not exist. */
  #start(): number | undefined {
    const program = this.#program
    if (!program) return undefined
    this.#restart?.[Symbol.dispose]()
    this.#starts.push(this.#clock.monotonic())
    const [file = '', ...args] = program.argv
    // Its folder may have been removed.
    ensurePrivateFolder(dirname(program.log))
    rotateLog(program.log, MAX_LOG_BYTES)
    const log = openSync(program.log, 'a', 0o600)
    const env = {...program.env, ...SECRETS_COME}
    const child = spawn(file, args, {cwd: program.cwd, env, stdio: ['ignore', log, log, 'pipe']})
    giveSecrets(child, program.secrets ?? {})
    closeSync(log)
    this.#child = child
    child.on('error', error => {
      this.#log.error('supervised program failed', {error})
      // It was not started: an upgrade may be putting another in its place.
      if (child.pid === undefined) this.#ended(child, {code: null, signal: null})
    })
    child.on('exit', (code, signal) => this.#ended(child, {code, signal}))
    return child.pid
  }

  #ended(child: ChildProcess, {code, signal}: {code: number | null; signal: string | null}): void {
    // It was released meanwhile.
    if (child !== this.#child) return
    this.#child = undefined
    if (code === EXIT.good || code === EXIT.usage) {
      this.#program = undefined
      return
    }
    const now = this.#clock.monotonic()
    this.#starts = this.#starts.filter(at => now - at < WINDOW_MS)
    if (this.#starts.length >= MAX_STARTS) {
      this.#log.error('supervised program crashed too often, left alone', {code, signal, starts: this.#starts.length})
      this.#program = undefined
      return
    }
    const pauseMs = FIRST_PAUSE_MS * 2 ** Math.max(0, this.#starts.length - 1)
    this.#log.warn('supervised program crashed, starts again', {code, signal, pauseMs})
    this.#restart = this.#clock.after(pauseMs, () => this.#start())
  }
}
