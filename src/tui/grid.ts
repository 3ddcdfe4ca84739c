import type {Rect} from '../client/state/types.ts'
import {DEFAULT_COLOR, type Style} from '../protocol/cells.ts'

/**
 * A screen of cells, row by row. `text` holds one grapheme cluster per cell; '' is the second column of the wide
 * character before it. Only the functions of this file write to it, so no cell ever holds a control character and no
 * wide character is ever cut.
 */
export type Grid = {
  readonly cols: number
  readonly rows: number
  readonly text: string[]
  readonly fg: Int32Array
  readonly bg: Int32Array
  readonly attrs: Uint8Array
}

export const PLAIN: Style = {fg: DEFAULT_COLOR, bg: DEFAULT_COLOR, attrs: 0}

/** Shown where a character could harm the terminal or mislead the reader. */
export const REPLACEMENT = '\ufffd'

/** The longest cluster: longer ones are floods of marks and not writing; the longest emoji has 15 units. */
const MAX_CLUSTER = 32

// C0 and C1 controls, line separators, bidirectional controls, invisible characters, lone surrogates, noncharacters. The joiners
// U+200C and U+200D stay: scripts and emoji families need them. Tag characters (flags of regions) are invisible text and go.
const UNSAFE =
  /[\0-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\u{e0000}-\u{e007f}]/u

/** Makes a grid of spaces without style. */
export function createGrid(cols: number, rows: number): Grid {
  const size = cols * rows
  return {
    cols,
    rows,
    text: new Array<string>(size).fill(' '),
    fg: new Int32Array(size).fill(DEFAULT_COLOR),
    bg: new Int32Array(size).fill(DEFAULT_COLOR),
    attrs: new Uint8Array(size),
  }
}

/**
 * Writes one cluster of `width` (1 or 2) columns; does nothing outside the grid. An unsafe cluster becomes U+FFFD. A wide
 * character with only one column left becomes a space, and so does the other half of an overwritten wide character.
 */
export function put(grid: Grid, row: number, col: number, cluster: string, width: number, style: Style): void {
  if (row < 0 || row >= grid.rows || col < 0 || col >= grid.cols) return
  const at = row * grid.cols + col
  const text = safeCluster(cluster)
  if (width === 2 && (col + 1 >= grid.cols || text === REPLACEMENT)) {
    putHalf(grid, at, col, text === REPLACEMENT ? REPLACEMENT : ' ', style)
    if (col + 1 < grid.cols) putHalf(grid, at + 1, col + 1, ' ', style)
    return
  }
  putHalf(grid, at, col, text, style)
  if (width === 2) {
    // The first cell is written, so only a wide character at the second column can be cut.
    if (col + 2 < grid.cols && grid.text[at + 2] === '') grid.text[at + 2] = ' '
    setCell(grid, at + 1, '', style)
  }
}

/** Fills a rectangle with spaces without style. */
export function fill(grid: Grid, rect: Rect): void {
  const {top, bottom, left, right} = clip(grid, rect)
  if (right <= left) return
  for (let row = top; row < bottom; row++) {
    mendEdges(grid, row, left, right)
    const from = row * grid.cols + left
    const to = row * grid.cols + right
    grid.text.fill(' ', from, to)
    grid.fg.fill(PLAIN.fg, from, to)
    grid.bg.fill(PLAIN.bg, from, to)
    grid.attrs.fill(PLAIN.attrs, from, to)
  }
}

/** Copies `from` of `source` to `at` of `grid`, cut at both borders; halves of wide characters become spaces. */
export function blit(grid: Grid, at: {row: number; col: number}, source: Grid, from: Rect): void {
  const {top, bottom, left, right} = clip(source, from)
  const first = Math.max(left, from.col - at.col)
  const last = Math.min(right, from.col - at.col + grid.cols)
  if (last <= first) return
  for (let row = top; row < bottom; row++) {
    const target = at.row + row - from.row
    if (target < 0 || target >= grid.rows) continue
    const toCol = at.col + first - from.col
    mendEdges(grid, target, toCol, toCol + last - first)
    const start = row * source.cols + first
    const end = row * source.cols + last
    const to = target * grid.cols + toCol
    for (let index = start; index < end; index++) grid.text[to + index - start] = source.text[index]!
    grid.fg.set(source.fg.subarray(start, end), to)
    grid.bg.set(source.bg.subarray(start, end), to)
    grid.attrs.set(source.attrs.subarray(start, end), to)
    if (grid.text[to] === '') grid.text[to] = ' '
    const cutsWide = last < source.cols && source.text[end] === ''
    if (cutsWide) grid.text[to + end - start - 1] = ' '
  }
}

/** Gives a grid of another size with the same cells at the top left. */
export function resized(source: Grid, cols: number, rows: number): Grid {
  const grid = createGrid(cols, rows)
  blit(grid, {row: 0, col: 0}, source, wholeOf(source))
  return grid
}

export function wholeOf(grid: Grid): Rect {
  return {row: 0, col: 0, width: grid.cols, height: grid.rows}
}

function safeCluster(cluster: string): string {
  if (cluster.length === 1) {
    const code = cluster.charCodeAt(0)
    if ((code >= 0x20 && code < 0x7f) || (code >= 0x2500 && code < 0x2600)) return cluster
  }
  return cluster.length === 0 || cluster.length > MAX_CLUSTER || UNSAFE.test(cluster) ? REPLACEMENT : cluster
}

/** Writes a cell of one column and mends a wide character of which it takes a half. */
function putHalf(grid: Grid, at: number, col: number, text: string, style: Style): void {
  if (grid.text[at] === '' && col > 0) grid.text[at - 1] = ' '
  if (col + 1 < grid.cols && grid.text[at + 1] === '') grid.text[at + 1] = ' '
  setCell(grid, at, text, style)
}

function setCell(grid: Grid, at: number, text: string, style: Style): void {
  grid.text[at] = text
  grid.fg[at] = style.fg
  grid.bg[at] = style.bg
  grid.attrs[at] = style.attrs
}

/** Turns wide characters across the edges of a range into spaces, before the range is written. */
function mendEdges(grid: Grid, row: number, left: number, right: number): void {
  const start = row * grid.cols
  if (grid.text[start + left] === '' && left > 0) grid.text[start + left - 1] = ' '
  if (right < grid.cols && grid.text[start + right] === '') grid.text[start + right] = ' '
}

function clip(grid: Grid, rect: Rect): {top: number; bottom: number; left: number; right: number} {
  return {
    top: Math.max(0, rect.row),
    bottom: Math.min(grid.rows, rect.row + rect.height),
    left: Math.max(0, rect.col),
    right: Math.min(grid.cols, rect.col + rect.width),
  }
}
