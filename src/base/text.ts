import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'

// Escape sequences first (CSI, OSC/DCS/APC/PM/SOS with their payload, two-byte escapes), then what is left of C0 and C1.
const SEQUENCES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g
const LINE_BREAKS = /[\t\n\r\u2028\u2029]+/g
// Bidirectional overrides, isolates and marks, and zero-width characters that can forge what a reader sees.
const INVISIBLE = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu
// At the start of a cell they would join what stands before it, and the columns behind move.
const BASELESS_MARKS = /^[\p{M}\s]+/u

/**
 * Text from outside made safe for a terminal: no escape sequence, no control character but newline and tab,
 * and a visible mark (U+FFFD) where a bidirectional or invisible character stood.
 */
export function safeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(SEQUENCES, '').replace(CONTROLS, '').replace(INVISIBLE, '\ufffd')
}

/** As `safeText`, on one line: runs of line breaks and tabs become one space. */
export function safeLine(text: string): string {
  return safeText(text.replace(LINE_BREAKS, ' ')).trim().replace(BASELESS_MARKS, '')
}

/** Drops what forges the order or hides text, where a visible mark would take a column that is not there. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '')
}

/** Columns that a text takes in a terminal; wide characters count two. */
export function textWidth(text: string): number {
  return stringWidth(text)
}

/** `4,812`. The first use of a locale's own form costs a start more than all figures of a screen. */
export function figure(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** One column each, and no part of a larger cluster: what our own chrome and most of what it shows is made of. */
export const NARROW = '[ -~·×…←-↓−⏎⏸␣─-◼⚑✓✗]'
const NARROW_TEXT = new RegExp(`^${NARROW}*$`)

/** Cuts to `width` columns with an ellipsis. */
export function truncate(text: string, width: number): string {
  if (width <= 0) return ''
  // Nearly every text of the screen, at every drawing, and without the tables that the others need.
  if (NARROW_TEXT.test(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}…`
  return cliTruncate(text, width)
}

/** Exactly `width` columns: cut with an ellipsis or filled with spaces on the given side. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width)
  const fill = ' '.repeat(Math.max(0, width - textWidth(cut)))
  return align === 'left' ? cut + fill : fill + cut
}

/** The bytes of a paste into a terminal program, as a whole: nothing in the text can end it or act as a key. */
export function bracketedPaste(text: string): string {
  return `\x1b[200~${safeText(text)}\x1b[201~`
}

/** A word as a shell has to read it; plain ones stay as they are. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(text) ? text : shellQuoted(text)
}

/** A word in quotes, of which a shell takes nothing for its own. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
