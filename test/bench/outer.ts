import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes'
import headless from '@xterm/headless'
import {type IPty, spawn} from 'node-pty'

/** A program that was told to leave its terminal does so within this time. */
const HANG_UP_MS = 3000
/** A screen that shows something this late never will. */
const PATIENCE_MS = 20_000

export type OuterOptions = {
  command: readonly [file: string, ...args: string[]]
  cwd: string
  /** The whole environment. */
  env: Readonly<Record<string, string>>
  cols: number
  rows: number
}

/**
 * The terminal that a person would look at: a program in a PTY, the time of its first bytes, and its screen. Parsing
 * costs time that the measured programs want too, so it can be left off while only bytes are watched for.
 */
export class OuterTerminal implements AsyncDisposable {
  readonly startedAt = performance.now()
  readonly #pty: IPty
  readonly #screen
  readonly #exited = Promise.withResolvers<void>()
  readonly #parsed = new Set<() => void>()
  readonly #bytes = new Set<(data: string) => void>()
  #firstAt: number | undefined
  #exit = false
  #unparsed: string | null = null

  constructor({command: [file, ...args], cwd, env, cols, rows}: OuterOptions) {
    this.#screen = new headless.Terminal({cols, rows, scrollback: 0, allowProposedApi: true})
    this.#screen.loadAddon(new UnicodeGraphemesAddon())
    this.#pty = spawn(file, args, {cols, rows, cwd, env: {TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env}})
    this.#screen.onData(answer => this.write(answer))
    this.#pty.onData(data => this.#received(data))
    this.#pty.onExit(() => {
      this.#exit = true
      this.#exited.resolve()
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  write(data: string): void {
    if (!this.#exit) this.#pty.write(data)
  }

  /** The screen's lines, without trailing blanks. */
  lines(): string[] {
    const {buffer, rows} = this.#screen
    return Array.from({length: rows}, (_, row) => buffer.active.getLine(row)?.translateToString(true) ?? '')
  }

  /** Calls back with everything that the program writes, as it comes. */
  onBytes(listener: (data: string) => void): Disposable {
    this.#bytes.add(listener)
    return {[Symbol.dispose]: () => void this.#bytes.delete(listener)}
  }

  /** Calls back each time when what has come is on the screen. */
  onParsed(listener: () => void): Disposable {
    this.#parsed.add(listener)
    return {[Symbol.dispose]: () => void this.#parsed.delete(listener)}
  }

  /** Leaves parsing off until disposed; what came meanwhile is parsed then. */
  bytesOnly(): Disposable {
    this.#unparsed ??= ''
    return {
      [Symbol.dispose]: () => {
        const missed = this.#unparsed ?? ''
        this.#unparsed = null
        this.#parse(missed)
      },
    }
  }

  /** Waits until the screen holds; gives the milliseconds since the program was started. */
  async until(holds: (lines: string[]) => boolean, what: string): Promise<number> {
    const shown = Promise.withResolvers<number>()
    const check = () => {
      if (holds(this.lines())) shown.resolve(performance.now() - this.startedAt)
    }
    using _parsed = this.onParsed(check)
    const fail = (why: string) =>
      shown.reject(new Error(`${why} for ${what}; the screen is:\n${this.lines().join('\n').trimEnd()}`))
    const timer = setTimeout(() => fail(`waited ${PATIENCE_MS} ms`), PATIENCE_MS)
    void this.#exited.promise.then(() => fail('the program ended while it was waited'))
    check()
    try {
      return await shown.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Waits for the first bytes; gives the milliseconds since the program was started. */
  async firstBytes(): Promise<number> {
    if (this.#firstAt === undefined) await this.until(() => this.#firstAt !== undefined, 'the first bytes')
    return this.#firstAt! - this.startedAt
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#exit) this.#pty.kill('SIGHUP')
    const timer = setTimeout(() => this.#pty.kill('SIGKILL'), HANG_UP_MS)
    await this.#exited.promise
    clearTimeout(timer)
    this.#screen.dispose()
  }

  #received(data: string): void {
    this.#firstAt ??= performance.now()
    for (const listener of this.#bytes) listener(data)
    if (this.#unparsed === null) this.#parse(data)
    else this.#unparsed += data
  }

  #parse(data: string): void {
    this.#screen.write(data, () => {
      for (const listener of this.#parsed) listener()
    })
  }
}
