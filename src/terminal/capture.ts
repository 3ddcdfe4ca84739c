import {withoutInvisible} from '../base/text.ts'
import {ATTR, type Color, DEFAULT_COLOR, type Run, type Style, TRUE_COLOR} from '../protocol/cells.ts'
import {BACKGROUND, CELL_SIZE, COLOR, CONTENT, FOREGROUND, NULL_CONTENT, type XtermBuffer} from './xterm.ts'

/** The longest text of one cell; a family with skin colours has 19 units. */
const MAX_CLUSTER = 64

/** A copy of a rectangle of cells in xterm's own packing, to be compared with a later one. */
export type Capture = {
  readonly cols: number
  readonly rows: number
  readonly cells: Uint32Array
  /** Texts of cells of more than one code point, by cell index. */
  readonly texts: Map<number, string>
}

/** A capture in which no cell was written. */
export function blankCapture(cols: number, rows: number): Capture {
  const capture: Capture = {cols, rows, cells: new Uint32Array(cols * rows * CELL_SIZE), texts: new Map()}
  for (let at = 0; at < capture.cells.length; at += CELL_SIZE) capture.cells[at] = NULL_CONTENT
  return capture
}

/** Copies `cols` x `rows` cells from the buffer's line `top` on; cells beyond the buffer are blank. */
export function captureCells(buffer: XtermBuffer, top: number, cols: number, rows: number): Capture {
  const capture = blankCapture(cols, rows)
  for (let row = 0; row < rows; row++) {
    const line = buffer.lines.get(top + row)
    if (!line) continue
    const width = Math.min(cols, line.length)
    capture.cells.set(line._data.subarray(0, width * CELL_SIZE), row * cols * CELL_SIZE)
    for (const key in line._combined) {
      const col = Number(key)
      if (col < width && line._data[col * CELL_SIZE]! & CONTENT.combined) {
        capture.texts.set(row * cols + col, clipped(line._combined[col]!))
      }
    }
  }
  return capture
}

/** Cuts the marks of a character that has more than any script needs: a program may add them without end. */
function clipped(text: string): string {
  if (text.length <= MAX_CLUSTER) return text
  return text.slice(0, MAX_CLUSTER).replace(/[\ud800-\udbff]$/, '')
}

/** Gives the runs, blank cells included, that turn `before` into `after`; both have the same size. */
export function diffCaptures(before: Capture, after: Capture): Run[] {
  const runs: Run[] = []
  for (let row = 0; row < after.rows; row++) {
    const from = row * after.cols
    const to = from + after.cols
    let first = from
    while (first < to && sameCell(before, after, first)) first++
    if (first === to) continue
    let last = to - 1
    while (sameCell(before, after, last)) last--
    // Both halves of a wide character are sent, even if only one was overwritten.
    if (first > from && widthAt(after, first - 1) === 2) first--
    if (last < to - 1 && widthAt(after, last + 1) === 0) last++
    appendRuns(runs, after, {row, from, first, last})
  }
  return runs
}

function sameCell(a: Capture, b: Capture, cell: number): boolean {
  const at = cell * CELL_SIZE
  if (a.cells[at] !== b.cells[at] || a.cells[at + 1] !== b.cells[at + 1] || a.cells[at + 2] !== b.cells[at + 2]) {
    return false
  }
  return (a.cells[at]! & CONTENT.combined) === 0 || a.texts.get(cell) === b.texts.get(cell)
}

function widthAt(capture: Capture, cell: number): number {
  return capture.cells[cell * CELL_SIZE]! >>> CONTENT.widthShift
}

function appendRuns(
  runs: Run[],
  capture: Capture,
  span: {row: number; from: number; first: number; last: number},
): void {
  let run: Run | undefined
  let fg = 0
  let bg = 0
  for (let cell = span.first; cell <= span.last; cell++) {
    const width = columnsOf(capture, cell, span.from)
    // The second half of a wide character is drawn with the first.
    if (width === 0) continue
    const at = cell * CELL_SIZE
    const text = cellText(capture, cell, width)
    // A reader has no table of widths, so it must know the column of each wide or combined character.
    const alone = width === 2 || (capture.cells[at]! & CONTENT.combined) !== 0
    if (run && !alone && fg === capture.cells[at + 1] && bg === capture.cells[at + 2]) {
      run.width += width
      run.text += text
      continue
    }
    fg = capture.cells[at + 1]!
    bg = capture.cells[at + 2]!
    const started: Run = {row: span.row, col: cell - span.from, width, style: styleOf(fg, bg), text}
    runs.push(started)
    run = alone ? undefined : started
  }
}

/** Gives the columns that a cell takes: 2 for a wide character with both halves, 0 for its second half, else 1. */
function columnsOf(capture: Capture, cell: number, from: number): number {
  const width = widthAt(capture, cell)
  if (width === 0) return cell > from && widthAt(capture, cell - 1) === 2 ? 0 : 1
  const isLast = cell === from + capture.cols - 1
  return width === 2 && !isLast && widthAt(capture, cell + 1) === 0 ? 2 : 1
}

/** Gives printable text exactly as wide as its cell, so that no program's output can act on the terminal that shows it. */
function cellText(capture: Capture, cell: number, width: number): string {
  // The other half of the wide character is covered or cut off.
  if (widthAt(capture, cell) !== width) return ' '
  const content = capture.cells[cell * CELL_SIZE]!
  const code = content & CONTENT.codepoint
  if (content & CONTENT.combined) return withoutInvisible(capture.texts.get(cell) ?? '') || ' '.repeat(width)
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return ' '
  const text = String.fromCodePoint(code)
  return code < 0x600 ? text : withoutInvisible(text) || ' '.repeat(width)
}

function styleOf(fg: number, bg: number): Style {
  let attrs = 0
  if (fg & FOREGROUND.bold) attrs |= ATTR.bold
  if (bg & BACKGROUND.dim) attrs |= ATTR.dim
  if (bg & BACKGROUND.italic) attrs |= ATTR.italic
  if (fg & FOREGROUND.underline) attrs |= ATTR.underline
  if (fg & FOREGROUND.inverse) attrs |= ATTR.inverse
  if (fg & FOREGROUND.strike) attrs |= ATTR.strike
  if (fg & FOREGROUND.hidden) attrs |= ATTR.hidden
  if (fg & FOREGROUND.blink) attrs |= ATTR.blink
  return {fg: colorOf(fg), bg: colorOf(bg), attrs}
}

function colorOf(bits: number): Color {
  const mode = bits & COLOR.mode
  if (mode === COLOR.none) return DEFAULT_COLOR
  return mode === COLOR.rgb ? TRUE_COLOR + (bits & COLOR.value) : bits & COLOR.palette
}
