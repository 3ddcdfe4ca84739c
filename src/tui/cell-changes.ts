import type {ColorDepth} from '../client/text/theme.ts'
import {DEFAULT_COLOR, type Style} from '../protocol/cells.ts'
import {reduceColor} from './color.ts'
import {type Grid, PLAIN} from './grid.ts'
import {sgrBetween} from './sgr.ts'

/** From this many blanks up to the end of a row, erasing is shorter than writing them. */
const ERASE_FROM = 4

/**
 * Encodes the bytes that turn a terminal from `shown` to `wanted`, both of one size, and makes `shown` equal `wanted`.
 * Assumes SGR 0 and an unknown cursor position; ends with SGR 0.
 *
 * It emits only `CSI row;col H`, `CSI n C`, `CSI K`, SGR and the text of cells, and cells hold no control characters. So
 * an agent's output reaches the terminal only as glyphs.
 */
export function encodeChanges(shown: Grid, wanted: Grid, depth: ColorDepth): string {
  let out = ''
  let style = PLAIN
  const {cols, rows} = wanted
  const setStyle = (next: Style): void => {
    out += sgrBetween(style, next)
    style = next
  }
  for (let row = 0; row < rows; row++) {
    const start = row * cols
    // The known column of the terminal's cursor in this row; -1: unknown.
    let cursor = -1
    let blankFrom = -1
    for (let col = 0; col < cols; col++) {
      const at = start + col
      if (isSame(shown, wanted, at)) continue
      out += moveTo(row, col, cursor)
      if (blankFrom < 0) blankFrom = blankTail(wanted, start, cols)
      if (col >= blankFrom && cols - col >= ERASE_FROM) {
        setStyle(PLAIN)
        out += '\x1b[K'
        break
      }
      const text = wanted.text[at]!
      setStyle(styleAt(wanted, at, depth))
      out += text
      const width = wanted.text[at + 1] === '' && col + 1 < cols ? 2 : 1
      cursor = isSteady(text, width) && col + width < cols ? col + width : -1
      col += width - 1
    }
    copyRow(shown, wanted, start, start + cols)
  }
  setStyle(PLAIN)
  return out
}

function isSame(a: Grid, b: Grid, at: number): boolean {
  return a.text[at] === b.text[at] && a.fg[at] === b.fg[at] && a.bg[at] === b.bg[at] && a.attrs[at] === b.attrs[at]
}

function moveTo(row: number, col: number, cursor: number): string {
  if (cursor === col) return ''
  if (cursor < 0 || cursor > col) return `\x1b[${row + 1};${col + 1}H`
  return cursor + 1 === col ? '\x1b[C' : `\x1b[${col - cursor}C`
}

function styleAt(grid: Grid, at: number, depth: ColorDepth): Style {
  return {fg: reduceColor(grid.fg[at]!, depth), bg: reduceColor(grid.bg[at]!, depth), attrs: grid.attrs[at]!}
}

/** Gives the first column from which a row holds only unstyled spaces. */
function blankTail(grid: Grid, start: number, cols: number): number {
  let col = cols
  while (col > 0) {
    const at = start + col - 1
    const isBlank =
      grid.text[at] === ' ' && grid.fg[at] === DEFAULT_COLOR && grid.bg[at] === DEFAULT_COLOR && grid.attrs[at] === 0
    if (!isBlank) break
    col--
  }
  return col
}

/**
 * Whether every terminal moves its cursor by `width` for this cluster. They disagree about emoji, symbols, marks and
 * ambiguous characters: after those the cursor is set again, so that a disagreement spoils one cell and not the row.
 */
function isSteady(text: string, width: number): boolean {
  if (text.length !== 1) return false
  const code = text.charCodeAt(0)
  if (width === 2) return code >= 0x2e80 && code < 0xfb00
  return code < 0x300 || (code >= 0x2500 && code < 0x25a0)
}

function copyRow(to: Grid, from: Grid, start: number, end: number): void {
  for (let at = start; at < end; at++) to.text[at] = from.text[at]!
  to.fg.set(from.fg.subarray(start, end), start)
  to.bg.set(from.bg.subarray(start, end), start)
  to.attrs.set(from.attrs.subarray(start, end), start)
}
