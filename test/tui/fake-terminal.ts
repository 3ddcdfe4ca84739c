import {UnicodeGraphemesAddon} from '@xterm/addon-unicode-graphemes'
import headless from '@xterm/headless'
import {ATTR, DEFAULT_COLOR, TRUE_COLOR} from '../../src/protocol/cells.ts'
import type {Grid} from '../../src/tui/grid.ts'

/** A cell as a terminal shows it, in one comparable line: text, width, colours, attributes. */
export type Seen = string

/** A real terminal emulator to which the bytes under test are written. */
export class TestTerminal {
  readonly #terminal
  /** Cursor visibility as the bytes set it. */
  cursorVisible = true
  /** Codes of all DEC private modes that are set. */
  readonly modes = new Set<number>()

  constructor(cols: number, rows: number) {
    this.#terminal = new headless.Terminal({cols, rows, scrollback: 0, allowProposedApi: true})
    this.#terminal.loadAddon(new UnicodeGraphemesAddon())
    this.#terminal.parser.registerCsiHandler({prefix: '?', final: 'h'}, params => this.#set(params, true))
    this.#terminal.parser.registerCsiHandler({prefix: '?', final: 'l'}, params => this.#set(params, false))
  }

  write(data: string | Uint8Array): Promise<void> {
    return new Promise(resolve => this.#terminal.write(data, resolve))
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows)
  }

  get cursor(): {row: number; col: number} {
    const {cursorY, cursorX} = this.#terminal.buffer.active
    return {row: cursorY, col: cursorX}
  }

  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  cells(): Seen[] {
    const {rows, cols, buffer} = this.#terminal
    const seen: Seen[] = []
    for (let row = 0; row < rows; row++) {
      const line = buffer.active.getLine(buffer.active.viewportY + row)!
      for (let col = 0; col < cols; col++) {
        const cell = line.getCell(col)!
        const fg = cell.isFgDefault() ? DEFAULT_COLOR : cell.getFgColor() + (cell.isFgRGB() ? TRUE_COLOR : 0)
        const bg = cell.isBgDefault() ? DEFAULT_COLOR : cell.getBgColor() + (cell.isBgRGB() ? TRUE_COLOR : 0)
        const attrs =
          (cell.isBold() && ATTR.bold) |
          (cell.isDim() && ATTR.dim) |
          (cell.isItalic() && ATTR.italic) |
          (cell.isUnderline() && ATTR.underline) |
          (cell.isInverse() && ATTR.inverse) |
          (cell.isStrikethrough() && ATTR.strike) |
          (cell.isInvisible() && ATTR.hidden) |
          (cell.isBlink() && ATTR.blink)
        const text = cell.getWidth() === 0 ? '' : cell.getChars() || ' '
        seen.push(`${row}:${col} ${JSON.stringify(text)} ${fg} ${bg} ${attrs}`)
      }
    }
    return seen
  }

  text(): string {
    const {rows, buffer} = this.#terminal
    return Array.from({length: rows}, (_, row) =>
      buffer.active.getLine(buffer.active.viewportY + row)!.translateToString(true),
    ).join('\n')
  }

  #set(params: readonly (number | number[])[], on: boolean): boolean {
    for (const mode of params.flat()) {
      if (mode === 25) this.cursorVisible = on
      if (on) this.modes.add(mode)
      else this.modes.delete(mode)
    }
    return false
  }
}

/** The cells of a grid in the same form. */
export function cellsOf(grid: Grid): Seen[] {
  return grid.text.map(
    (text, at) =>
      `${Math.floor(at / grid.cols)}:${at % grid.cols} ${JSON.stringify(text)} ${grid.fg[at]} ${grid.bg[at]} ${grid.attrs[at]}`,
  )
}
