import type {ColorDepth} from '../client/text/theme.ts'
import type {Cursor} from '../protocol/cells.ts'
import {encodeChanges} from './cell-changes.ts'
import {createGrid, type Grid} from './grid.ts'

const BEGIN_SYNCHRONIZED = '\x1b[?2026h'
const END_SYNCHRONIZED = '\x1b[?2026l'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

/** DECSCUSR without blinking. */
const CURSOR_SHAPES = {block: 2, underline: 4, bar: 6} as const

export type PainterOutput = {write(data: string, done: (error?: Error | null) => void): boolean}

/**
 * Writes frames to the terminal, as its only writer. It knows what the terminal shows and writes only the differences.
 * One write is under way at a time: while `busy`, callers wait for `onFree` and then paint the newest frame, so a slow
 * terminal gets fewer frames and never a queue of old ones.
 */
export class Painter {
  readonly #output: PainterOutput
  readonly #depth: ColorDepth
  readonly #onFree: () => void
  #shown: Grid = createGrid(0, 0)
  #cursor: Cursor = null
  #busy = false

  constructor(options: {output: PainterOutput; depth: ColorDepth; onFree: () => void}) {
    this.#output = options.output
    this.#depth = options.depth
    this.#onFree = options.onFree
  }

  get busy(): boolean {
    return this.#busy
  }

  /** Forgets what the terminal shows, after a resize or another program's output; the next paint writes every cell. */
  forget(): void {
    this.#shown = createGrid(0, 0)
  }

  /** Makes the terminal show `grid` and `cursor`. Gives the number of characters written; 0: nothing differed. */
  paint(grid: Grid, cursor: Cursor): number {
    if (this.#shown.cols !== grid.cols || this.#shown.rows !== grid.rows) this.#shown = unknownGrid(grid)
    const changes = encodeChanges(this.#shown, grid, this.#depth)
    const cursorChange = this.#moveCursor(cursor, changes !== '')
    if (changes === '' && cursorChange === '') return 0
    const data = BEGIN_SYNCHRONIZED + changes + cursorChange + END_SYNCHRONIZED
    this.#busy = true
    this.#output.write(data, () => {
      this.#busy = false
      this.#onFree()
    })
    return data.length
  }

  /** `moved`: the paint has left the cursor somewhere else. */
  #moveCursor(cursor: Cursor, moved: boolean): string {
    const before = this.#cursor
    this.#cursor = cursor
    if (!cursor) return before ? HIDE_CURSOR : ''
    const place = `\x1b[${cursor.row + 1};${cursor.col + 1}H`
    const shape = before?.shape === cursor.shape ? '' : `\x1b[${CURSOR_SHAPES[cursor.shape]} q`
    const show = before ? '' : SHOW_CURSOR
    const isPlaced = !moved && before?.row === cursor.row && before.col === cursor.col
    return shape + (isPlaced ? '' : place) + show
  }
}

/** Creates a grid in which no cell equals a real one, so that all are written without clearing first. */
function unknownGrid({cols, rows}: Grid): Grid {
  const grid = createGrid(cols, rows)
  grid.text.fill('\0')
  return grid
}
