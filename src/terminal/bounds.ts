import type {XtermCore, XtermParams} from './xterm.ts'

/**
 * The finals of sequences whose numbers are names (colours, modes, reports), not counts or places. Numbers of all other
 * sequences, those of a new xterm too, are clamped.
 */
const NAMING = new Set([...'mhlnctqpus'].map(final => final.charCodeAt(0)))
/** Selectors such as `CSI 3 J` are below it; a count up to it costs nothing on the smallest screen. */
const LEAST_CLAMP = 32
/** Sequences that repeat their work for each line: more lines than the screen has change nothing. */
const BY_LINE = new Set([...'LMST'].map(final => final.charCodeAt(0)))
const REPEAT = 'b'.charCodeAt(0)

/** What one parsing step may cost at the most: so many cells are drawn or moved in some tens of milliseconds. */
const STEP_CELLS = 1_000_000
/** The beginnings of control sequences, without those that only set colours and cost nothing. */
const SEQUENCE = /\x1b(?!\[[\d;:]*m)|\x9b/g

/** The largest part of a payload of an OSC that a handler looks at. */
export const MAX_PAYLOAD = 4096

/**
 * Bounds the work of every control sequence by the screen's size, whatever counts stand in it: `CSI 2147483647 S` would
 * otherwise scroll for minutes. It acts on the parser's own parameters, so that it does not matter where the stream is cut.
 * Titles, palettes and links, which xterm would keep without end, are dropped, since cells do not show them.
 */
export function boundWork(core: XtermCore): void {
  const {_parser: parser} = core._inputHandler
  for (const [ident, handlers] of Object.entries(parser._csiHandlers)) {
    const final = Number(ident) & 0xff
    // The last handler runs first; false leaves the sequence to the next.
    if (final === REPEAT) handlers.push(params => clamp(params, repeats(core)))
    else if (BY_LINE.has(final)) handlers.push(params => clamp(params, core.rows))
    else if (!NAMING.has(final)) handlers.push(params => clamp(params, Math.max(core.cols, core.rows, LEAST_CLAMP)))
  }
  for (const ident of Object.keys(parser._oscParser._handlers)) parser.clearOscHandler(Number(ident))
}

function clamp({params, length}: XtermParams, most: number): false {
  for (let index = 0; index < length; index++) if (params[index]! > most) params[index] = most
  return false
}

/** How often the character before the cursor fits on the screen; one with many marks is longer than a cell. */
function repeats(core: XtermCore): number {
  const {x, y, ybase, lines} = core.buffer
  const line = lines.get(ybase + y)
  const length = Math.max(1, line?.getString(x - 1).length ?? 1, x > 1 ? (line?.getString(x - 2).length ?? 1) : 1)
  return Math.max(1, Math.trunc((core.cols * core.rows) / length))
}

/**
 * How many of the first `most` characters one parsing step takes: each control sequence may touch every cell, so on a
 * large screen only a few of them are parsed before others get their turn.
 */
export function stepLength(text: string, most: number, cells: number): number {
  const part = text.slice(0, most)
  let left = Math.max(1, Math.trunc(STEP_CELLS / cells))
  for (const {index} of part.matchAll(SEQUENCE)) if (left-- === 0) return index
  return part.length
}
