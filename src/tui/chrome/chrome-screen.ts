import {EventEmitter} from 'node:events'
import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes'
import headless, {type Terminal} from '@xterm/headless'
import type {Cursor} from '../../protocol/cells.ts'
import {createGrid, type Grid} from '../grid.ts'
import {readCells} from './read-cells.ts'

/** The parts of a stdout that Ink needs. It looks like a terminal, so that Ink draws frames and not a log. */
export type FakeStdout = EventEmitter & {
  readonly isTTY: true
  readonly writable: true
  columns: number
  rows: number
  write(data: string | Uint8Array, ...rest: unknown[]): boolean
}

/**
 * Parses what Ink draws into cells. `grid` is always a whole frame, of the size at which Ink drew it: during a frame, and
 * after a resize until the next one, it is the frame before.
 */
export class ChromeScreen<Drawn = void> implements Disposable {
  readonly stdout: FakeStdout
  readonly #terminal: Terminal
  readonly #onChange: (drawn: Drawn) => void
  #drawn: Drawn
  #grid: Grid
  #cursorVisible = false
  /** Whether Ink has drawn nothing yet; the setup sequence is parsed before that. */
  #isBlank = true

  /**
   * `onDraw` runs when Ink writes and gives what that frame shows; `onChange` runs once `grid` is that frame.
   */
  constructor(options: {cols: number; rows: number; onDraw: () => Drawn; onChange: (drawn: Drawn) => void}) {
    const {cols, rows, onDraw} = options
    this.#onChange = options.onChange
    this.#drawn = onDraw()
    this.#grid = createGrid(cols, rows)
    this.#terminal = new headless.Terminal({cols, rows, scrollback: 0, convertEol: true, allowProposedApi: true})
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
    this.#terminal.onWriteParsed(() => this.#parsed())
    // No wrapping: Ink and the emulator may disagree on a line's width, which must not push the other lines down.
    this.#terminal.write('\x1b[?7l')
    this.stdout = Object.assign(new EventEmitter(), {
      isTTY: true as const,
      writable: true as const,
      columns: cols,
      rows,
      write: (data: string | Uint8Array, ...rest: unknown[]) => {
        const drawn = onDraw()
        const done = rest.findLast(argument => typeof argument === 'function')
        this.#terminal.write(data, () => {
          this.#drawn = drawn
          this.#isBlank = false
          done?.()
        })
        return true
      },
    })
  }

  get grid(): Grid {
    return this.#grid
  }

  /** The cursor of the chrome's text field; null without one. */
  get cursor(): Cursor {
    if (!this.#cursorVisible) return null
    const {cursorY, cursorX} = this.#terminal.buffer.active
    return {row: cursorY, col: Math.min(cursorX, this.#terminal.cols - 1), shape: 'bar'}
  }

  /** Resizes the chrome; `prepare` runs before Ink gets the event and must make Ink draw again. */
  resize(cols: number, rows: number, prepare: () => void): void {
    this.#terminal.resize(cols, rows)
    this.stdout.columns = cols
    this.stdout.rows = rows
    prepare()
    this.stdout.emit('resize')
  }

  [Symbol.dispose](): void {
    this.#terminal.dispose()
    this.stdout.removeAllListeners()
  }

  #parsed(): void {
    if (this.#isBlank || this.#terminal.modes.synchronizedOutputMode) return
    this.#read()
    this.#onChange(this.#drawn)
  }

  #read(): void {
    // The emulator has its own least size, so the size of stdout counts.
    const {columns: cols, rows} = this.stdout
    if (this.#grid.cols !== cols || this.#grid.rows !== rows) this.#grid = createGrid(cols, rows)
    readCells(this.#terminal, this.#grid)
  }
}
