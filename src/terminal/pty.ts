import {statSync} from 'node:fs'
import type {Socket} from 'node:net'
import {type IPty, spawn} from 'node-pty'
import {type Clock, systemClock} from '../base/clock.ts'
import {ClambakeError, machineError, messageOf} from '../base/errors.ts'
import {findProgram} from '../base/files.ts'
import {PtyInput} from './pty-input.ts'

/** Output can arrive after the exit; after this long without any, all of it was read. */
const FLUSH_MS = 250
/** The longest wait for output after the exit: a grandchild may hold the terminal and write for ever. */
const FLUSH_LIMIT_MS = 3000

export type PtySpec = {
  command: readonly [file: string, ...args: string[]]
  cwd: string
  /** The whole environment. */
  env: Readonly<Record<string, string>>
  cols: number
  rows: number
}

export type PtyExit = {code: number; signal: number | null}

/** Runs a program in a pseudo terminal. After its exit every call is harmless. */
export class PtyProcess {
  readonly #pty: IPty
  readonly #input: PtyInput
  readonly #clock: Clock
  #exit: PtyExit | undefined
  #paused = false
  #lastData = 0

  /** Throws `no-such-folder`, `command-not-found` or `machine-exhausted` before anything starts. */
  constructor(options: {
    spec: PtySpec
    onData: (data: string) => void
    /** Runs after the last `onData`. */
    onExit: (exit: PtyExit) => void
    clock?: Clock
  }) {
    const {spec} = options
    this.#clock = options.clock ?? systemClock
    // A missing folder or program would otherwise look like a program that failed.
    checkFolder(spec.cwd)
    const file = programOf(String(spec.command[0]), spec)
    try {
      this.#pty = spawn(file, spec.command.slice(1).map(String), {
        name: spec.env.TERM ?? 'xterm-256color',
        cols: spec.cols,
        rows: spec.rows,
        cwd: spec.cwd,
        env: {...spec.env},
      })
    } catch (error) {
      throw isRefusedStart(error)
        ? machineError('machine-exhausted', `${file} was not started (${messageOf(error)})`)
        : error
    }
    this.#input = new PtyInput({fd: insides(this.#pty)._fd, clock: this.#clock})
    this.#keepUntilRead()
    this.#pty.onData(data => {
      this.#lastData = this.#clock.monotonic()
      options.onData(data)
    })
    this.#pty.onExit(({exitCode, signal}) => {
      this.#exit = {code: exitCode, signal: signal || null}
      options.onExit(this.#exit)
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  get exit(): PtyExit | undefined {
    return this.#exit
  }

  /** Throws `pane-does-not-read` if the program has not read for long. */
  write(data: string): void {
    if (!this.#exit) this.#input.write(data)
  }

  resize(cols: number, rows: number): void {
    if (this.#exit) return
    try {
      this.#pty.resize(cols, rows)
    } catch (error) {
      // The terminal closes when the program ends, before the exit event arrives.
      if (!/EBADF|ENOTTY|EIO/.test(String(error))) throw error
    }
  }

  /** Stops reading; the program blocks once the kernel's buffer is full. */
  pause(): void {
    this.#paused = true
    this.#pty.pause()
  }

  resume(): void {
    this.#paused = false
    this.#pty.resume()
  }

  /**
   * Delays the destruction of node-pty's socket until its output is read. node-pty destroys it 200 ms after the exit,
   * so with a paused or slow reader a program's last lines would be lost.
   */
  #keepUntilRead(): void {
    const {_socket: socket} = insides(this.#pty)
    const destroySocket = socket.destroy.bind(socket)
    const destroy = (error?: Error) => {
      // Another file may soon get the descriptor's number.
      this.#input.close()
      return destroySocket(error)
    }
    let asked: number | undefined
    const check = () => {
      if (socket.destroyed) return
      const now = this.#clock.monotonic()
      asked ??= now
      const quiet = !this.#paused && now - this.#lastData >= FLUSH_MS
      if (quiet || now - asked > FLUSH_LIMIT_MS) destroy()
      else this.#clock.after(FLUSH_MS / 5, check)
    }
    socket.destroy = error => {
      if (error || socket.readableEnded || socket.errored) return destroy(error)
      check()
      return socket
    }
  }
}

/** Gives private parts of node-pty 1.2, whose version is pinned. */
function insides(pty: IPty): {_socket: Socket; _fd: number} {
  return pty as unknown as {_socket: Socket; _fd: number}
}

function checkFolder(path: string): void {
  if (statSync(path, {throwIfNoEntry: false})?.isDirectory()) return
  throw new ClambakeError({
    code: 'no-such-folder',
    message: `There is no folder ${path} to start a program in`,
    next: 'clambake agents diagnose shows what became of it',
  })
}

function programOf(file: string, spec: PtySpec): string {
  const found = findProgram(file, {folder: spec.cwd, path: spec.env.PATH})
  if (found) return found
  throw new ClambakeError({
    code: 'command-not-found',
    message: `There is no program ${file}${file.includes('/') ? '' : ` on the PATH ${spec.env.PATH ?? ''}`}`,
    next: 'install it, or name another in [agents] command of clambake.toml',
  })
}

/** Whether node-pty got no terminal or no process of the system, of which it names only the call. */
export function isRefusedStart(error: unknown): boolean {
  return /^(?:forkpty|openpty|posix_openpt|posix_spawn)\b.*failed/i.test(messageOf(error))
}
