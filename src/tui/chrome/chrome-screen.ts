import {EventEmitter} from 'node:events'
import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes'
import headless, {type Terminal} from '@xterm/headless'
import type {Cursor} from '../../protocol/cells.ts'
import {createGrid, type Grid} from '../grid.ts'
import {readCells} from './read-cells.ts'

/** What Ink needs of a stdout. It looks like a terminal, so that Ink draws frames and not a log. */
export type FakeStdout = EventEmitter & {
  readonly isTTY: true
  readonly writable: true
  columns: number
  rows: number
  write(data: string | Uint8Array, ...rest: unknown[]): boolean
}

/**
 * The chrome screen: what Ink draws, parsed into cells. `grid` is always a whole frame, of the size at which Ink drew
 * it: while Ink is in the middle of one, and after a resize until it has drawn anew, the frame before stays.
 */
export class ChromeScreen<Drawn = void> implements Disposable {
  readonly stdout: FakeStdout
  readonly #terminal: Terminal
  readonly #onChange: (drawn: Drawn) => void
  #drawn: Drawn
  #grid: Grid
  #cursorVisible = false
  /** What we wrote ourselves is parsed, but Ink has drawn nothing yet. */
  #isBlank = true

  /**
   * `onDraw` runs when Ink writes and tells what it draws just then; `onChange` runs when `grid` has become that frame.
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
    // No wrapping: a line on whose width Ink and the screen disagree must not push the rest of the frame down.
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

  /** Where a text field of the chrome has its cursor; null when none has. */
  get cursor(): Cursor {
    if (!this.#cursorVisible) return null
    const {cursorY, cursorX} = this.#terminal.buffer.active
    return {row: cursorY, col: Math.min(cursorX, this.#terminal.cols - 1), shape: 'bar'}
  }

  /** Gives the chrome another size; `prepare` runs before Ink hears of it and must make it draw anew. */
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
    // The emulator has a least size of its own, below ours.
    const {columns: cols, rows} = this.stdout
    if (this.#grid.cols !== cols || this.#grid.rows !== rows) this.#grid = createGrid(cols, rows)
    readCells(this.#terminal, this.#grid)
  }
}
