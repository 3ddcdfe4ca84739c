import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes'
import headless from '@xterm/headless'
import {type IPty, spawn} from 'node-pty'
import {readCells} from '../../../src/tui/chrome/read-cells.ts'
import {createGrid, type Grid} from '../../../src/tui/grid.ts'
import {gridSvg, type SvgTheme} from '../../screens/svg.ts'
import {gridText} from '../../tui/grid-text.ts'
import {bytesOf} from './keys.ts'

/** How long a sentence waits for what it says, unless told otherwise. The machine may be busy. */
const PATIENCE_MS = 30_000
/** A program that writes nothing for this long has handled its input. */
const IDLE_MS = 120
/** After SIGHUP, as when a window is closed, a program may clean up this long. */
const HANG_UP_MS = 2_000
/** Output may come this long after the program that wrote it has ended, or from what it left behind. */
const AFTERMATH_MS = 1_000

export type AppOptions = {
  command: string
  args?: readonly string[]
  cwd: string
  /** The whole environment; nothing is inherited. */
  env: Readonly<Record<string, string>>
  cols?: number
  rows?: number
  /** What the terminal answers when it is asked for its background: `ffff/ffff/ffff`; without it, nothing. */
  background?: string
  /** How long the terminal's answers are under way, as over a slow line. */
  lateMs?: number
}

export type Exit = {exitCode: number; signal: number | undefined}

type Patience = {timeoutMs?: number}

/**
 * Runs a program in a real terminal, as a person sees it. Sentences wait for what they say and fail with the screen:
 *
 *     await using app = openApp({command, args, cwd, env})
 *     await app.press('p')
 *     await app.sees('agent001')
 */
export function openApp(options: AppOptions): App {
  return new App(options)
}

export class App implements AsyncDisposable {
  readonly #pty: IPty
  readonly #terminal
  readonly #command: string
  readonly #changed = new Set<() => void>()
  readonly #exited = Promise.withResolvers<Exit>()
  #exit: Exit | undefined
  #lastOutput = performance.now()
  #parsing = 0
  #cursorVisible = true

  constructor({command, args = [], cwd, env, cols = 120, rows = 34, background, lateMs = 0}: AppOptions) {
    this.#command = [command, ...args].join(' ')
    this.#terminal = new headless.Terminal({cols, rows, scrollback: 1000, allowProposedApi: true})
    this.#terminal.loadAddon(new UnicodeGraphemesAddon())
    for (const [final, visible] of [
      ['h', true],
      ['l', false],
    ] as const) {
      this.#terminal.parser.registerCsiHandler({prefix: '?', final}, params => {
        if (params.includes(25)) this.#cursorVisible = visible
        return false
      })
    }
    this.#pty = spawn(command, [...args], {
      cols,
      rows,
      cwd,
      env: {TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env},
    })
    const answer = (text: string) => {
      if (!this.#exit) this.#pty.write(text)
    }
    const answers = lateMs === 0 ? answer : (text: string) => void setTimeout(answer, lateMs, text)
    this.#terminal.parser.registerOscHandler(11, asked => {
      if (asked === '?' && background) answers(`\x1b]11;rgb:${background}\x1b\\`)
      return true
    })
    this.#pty.onData(data => this.#received(data))
    this.#terminal.onData(answers)
    this.#pty.onExit(({exitCode, signal}) => {
      this.#exit = {exitCode, signal: signal || undefined}
      this.#exited.resolve(this.#exit)
      this.#tell()
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Presses keys one after the other: `p`, `enter`, `ctrl+]`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#write(bytesOf(key))
      // Keys that come in one read are one burst to a program; a person's never do.
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }

  /** Types text literally, character by character. */
  async type(text: string): Promise<void> {
    this.#write(text)
  }

  /** Pastes as a terminal does. */
  async paste(text: string): Promise<void> {
    const content = text.replaceAll('\n', '\r')
    this.#write(this.#terminal.modes.bracketedPasteMode ? `\x1b[200~${content}\x1b[201~` : content)
  }

  /** Turns the wheel over a cell, counted from 0. */
  async wheel(direction: 'up' | 'down', at: {row: number; col: number}): Promise<void> {
    this.#write(`\x1b[<${direction === 'up' ? 64 : 65};${at.col + 1};${at.row + 1}M`)
  }

  /** Presses and releases the first mouse button over a cell, counted from 0. */
  async click(at: {row: number; col: number}): Promise<void> {
    const place = `${at.col + 1};${at.row + 1}`
    this.#write(`\x1b[<0;${place}M\x1b[<0;${place}m`)
  }

  /** Writes on the terminal as another program would, behind this one's back. */
  scribble(data: string): Promise<void> {
    return new Promise(resolve => this.#terminal.write(data, resolve))
  }

  /** Waits until the screen shows a text or matches a pattern. */
  sees(wanted: string | RegExp, patience: Patience = {}): Promise<void> {
    return this.until(() => matches(this.screen(), wanted), `to see ${show(wanted)}`, patience)
  }

  /** Waits until the screen no longer shows it. */
  seesNo(unwanted: string | RegExp, patience: Patience = {}): Promise<void> {
    return this.until(() => !matches(this.screen(), unwanted), `to see no ${show(unwanted)}`, patience)
  }

  /** Waits until anything holds; `what` completes the sentence "waited for the program …". */
  async until(holds: () => boolean, what: string, {timeoutMs = PATIENCE_MS}: Patience = {}): Promise<void> {
    const isShown = () => this.#parsing === 0 && !this.#terminal.modes.synchronizedOutputMode && holds()
    if (isShown()) return
    const shown = Promise.withResolvers<void>()
    const failAfter = (ms: number) => setTimeout(() => shown.reject(this.#failure(what, timeoutMs)), ms)
    const timers = [failAfter(timeoutMs)]
    const check = () => {
      if (isShown()) shown.resolve()
      // Its last output may still be on the way, but what is not shown soon after its end never will be.
      else if (this.#exit && timers.length === 1) timers.push(failAfter(AFTERMATH_MS))
    }
    this.#changed.add(check)
    check()
    try {
      await shown.promise
    } finally {
      for (const timer of timers) clearTimeout(timer)
      this.#changed.delete(check)
    }
  }

  /** Waits until the program has written nothing for a while. */
  async idle(quietMs: number = IDLE_MS, {timeoutMs = PATIENCE_MS}: Patience = {}): Promise<void> {
    const end = performance.now() + timeoutMs
    for (;;) {
      const waitMs = this.#lastOutput + quietMs - performance.now()
      if (waitMs <= 0 && this.#parsing === 0) return
      if (performance.now() > end) throw this.#failure(`to write nothing for ${quietMs} ms`, timeoutMs)
      await new Promise(resolve => setTimeout(resolve, Math.max(1, waitMs)))
    }
  }

  /** Waits until the program has ended. */
  async gone({timeoutMs = PATIENCE_MS}: Patience = {}): Promise<Exit> {
    await this.until(() => this.#exit !== undefined, 'to end', {timeoutMs})
    return this.#exited.promise
  }

  /** The text of the screen, rows without trailing blanks. */
  screen(): string {
    return gridText(this.grid())
  }

  grid(): Grid {
    const grid = createGrid(this.#terminal.cols, this.#terminal.rows)
    readCells(this.#terminal, grid)
    return grid
  }

  svg(theme: SvgTheme = 'dark'): string {
    const {cursorY: row, cursorX: col} = this.#terminal.buffer.active
    return gridSvg(this.grid(), {theme, cursor: this.#cursorVisible ? {row, col, shape: 'block'} : null})
  }

  /** Whether the program shows a full screen of its own and not the shell's. */
  get isFullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  /** What the program asked of the terminal. */
  modes(): {wrap: boolean; cursor: boolean; paste: boolean; mouse: string; focus: boolean} {
    const {wraparoundMode, bracketedPasteMode, mouseTrackingMode, sendFocusMode} = this.#terminal.modes
    return {
      wrap: wraparoundMode,
      cursor: this.#cursorVisible,
      paste: bracketedPasteMode,
      mouse: mouseTrackingMode,
      focus: sendFocusMode,
    }
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows)
    if (!this.#exit) this.#pty.resize(cols, rows)
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    process.kill(this.pid, signal)
  }

  /** Closes the terminal, as a person closes a window: what the program still writes fails. */
  hangUp(): void {
    // node-pty's types leave it out.
    ;(this.#pty as unknown as {destroy(): void}).destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#exit) this.#pty.kill('SIGHUP')
    const timer = setTimeout(() => this.#pty.kill('SIGKILL'), HANG_UP_MS)
    await this.#exited.promise
    clearTimeout(timer)
    this.#terminal.dispose()
  }

  #write(data: string): void {
    if (this.#exit) throw this.#failure('to take keys', 0)
    this.#pty.write(data)
  }

  #received(data: string): void {
    this.#lastOutput = performance.now()
    this.#parsing++
    this.#terminal.write(data, () => {
      this.#parsing--
      this.#tell()
    })
  }

  #tell(): void {
    for (const check of this.#changed) check()
  }

  #failure(what: string, afterMs: number): Error {
    const {cols, rows} = this.#terminal
    const ended = this.#exit
      ? `; it has ended with ${this.#exit.signal ? `signal ${this.#exit.signal}` : `exit code ${this.#exit.exitCode}`}`
      : ''
    const waited = afterMs > 0 ? `waited ${afterMs} ms for the program ${what}` : `the program failed ${what}`
    const edge = '─'.repeat(cols)
    const lines = this.screen()
      .split('\n')
      .map(line => `│${line}`)
    return new Error(
      [`${waited}${ended}`, `$ ${this.#command}`, `┌${edge} ${cols}x${rows}`, ...lines, `└${edge}`].join('\n'),
    )
  }
}

function matches(screen: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)
}

function show(wanted: string | RegExp): string {
  return typeof wanted === 'string' ? JSON.stringify(wanted) : String(wanted)
}
