import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'

// Escape sequences first (CSI, OSC/DCS/APC/PM/SOS with their payload, two-byte escapes), then what is left of C0 and C1.
const SEQUENCES =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g
const LINE_BREAKS = /[\t\n\r\u2028\u2029]+/g
// Bidirectional overrides, isolates and marks, and what takes no place on a screen or an empty one: zero-width characters,
// fillers that are letters of a script, and selectors, in which whole hidden texts were given to models. Those are left that
// emoji and scripts are written with.
const INVISIBLE = /(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu
const UNSAFE_IN_JSON = new RegExp(`[\\x7f-\\x9f\\u2028\\u2029]|${INVISIBLE.source}`, 'gu')
// Joiners and selectors of emoji beside plain letters join and select nothing, and only make a word another one.
const IDLE_JOINER = /(?<=[!-~])(?:\u200c|\u200d|\ufe0e|\ufe0f(?!\u20e3))|(?:\u200c|\u200d)(?=[!-~])/g
// One that is not closed reaches to the end of the text.
const HTML_COMMENT = /(<!--[\s\S]*?(?:-->|$))/g
// At the start of a cell these would join the character before it and move the columns after it.
const BASELESS_MARKS = /^[\p{M}\s]+/u

/**
 * Makes text from outside safe for a terminal: removes escape sequences and control characters except newline and tab, and
 * replaces bidirectional and invisible characters by a visible mark (U+FFFD).
 */
export function safeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(SEQUENCES, '').replace(CONTROLS, '').replace(INVISIBLE, '\ufffd')
}

/** Makes text safe and puts it on one line: runs of line breaks and tabs become one space. */
export function safeLine(text: string): string {
  return safeText(text.replace(LINE_BREAKS, ' ')).trim().replace(BASELESS_MARKS, '')
}

/**
 * Makes one line of a program's text safe and hides nothing of it: a control character becomes its picture, a
 * bidirectional or invisible one its number. Tabs stay.
 */
export function visibleLine(text: string): string {
  return text
    .replace(/[\x00-\x08\x0a-\x1f]/g, found => String.fromCodePoint(0x2400 + found.charCodeAt(0)))
    .replaceAll('\x7f', '\u2421')
    .replace(/[\x80-\x9f\u2028\u2029]/g, numbered)
    .replace(IDLE_JOINER, numbered)
    .replace(INVISIBLE, numbered)
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
}

// What a terminal takes for colours and weight alone.
const COLOURING = /(\x1b\[[\d;]*m)/

/** Makes a whole output safe for a terminal, whatever its parts are made of: of all sequences only colours stay. */
export function safeOutput(text: string): string {
  return text
    .split(COLOURING)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part)))
    .join('')
}

/** JSON of the same value in which nothing acts on a terminal: JSON itself escapes only some of the control characters. */
export function safeJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, found =>
    // By UTF-16 units, as JSON has no other escapes.
    Array.from({length: found.length}, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  )
}

/** Gives characters that hide in a word, or hide a word, their numbers, where each one counts: in a command, say. */
export function withNumbers(text: string): string {
  return text.replace(IDLE_JOINER, numbered).replace(INVISIBLE, numbered)
}

function numbered(character: string): string {
  return `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`
}

/** Removes bidirectional and invisible characters, where a visible mark would need a column too many. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '')
}

/** Text as GitHub's page shows it, without its HTML comments. */
export function withoutHtmlComments(text: string): string {
  return text.replace(HTML_COMMENT, '')
}

/** The text cut at its HTML comments: every second part is a comment, and the first part is none. */
export function cutAtHtmlComments(text: string): string[] {
  return text.split(HTML_COMMENT)
}

/** `@path`, `@"path"`, `@agent`, `@server:resource`: a client reads or calls it at once. A letter before it makes it an address. */
const MENTION = /(?<![\p{L}\p{N}_])@(?=\S)/gu
/** Words that make a client think, and spend, more. */
const KEYWORD = /\bultra(?=think|code|plan|review)/gi
/** A mark by which a client ends, or begins, what it says itself beside the words of others. */
const FRAME = /<(?=\/?system-reminder)/gi

/** Breaks what an agent's client would expand or take for its own; a person and a model still read it as it was meant. */
export function broken(text: string): string {
  return text
    .replace(MENTION, '@ ')
    .replace(KEYWORD, found => `${found}-`)
    .replace(FRAME, '< ')
}

/** The number of terminal columns of a text; wide characters count two. */
export function textWidth(text: string): number {
  return stringWidth(text)
}

/** A number as `4,812`. Intl is not used: its first use is slow and would delay the start. */
export function figure(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Characters of exactly one column that never combine with others: nearly all that the screen shows. */
export const NARROW = '[ -~·×…←-↓−⏎⏸␣─-◼⚑✓✗]'
const NARROW_TEXT = new RegExp(`^${NARROW}*$`)

/** Cuts to `width` columns with an ellipsis. */
export function truncate(text: string, width: number): string {
  if (width <= 0) return ''
  // The fast path, for nearly every text of the screen.
  if (NARROW_TEXT.test(text)) return text.length <= width ? text : `${text.slice(0, width - 1)}…`
  return cliTruncate(text, width)
}

/** Cuts a text with an ellipsis, or pads it with spaces, to exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width)
  const fill = ' '.repeat(Math.max(0, width - textWidth(cut)))
  return align === 'left' ? cut + fill : fill + cut
}

/** The bytes of a paste into a terminal program. Nothing in the text can end the paste or act as a key. */
export function bracketedPaste(text: string): string {
  return `\x1b[200~${safeText(text)}\x1b[201~`
}

/** Quotes a word for a shell if that is needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(text) ? text : shellQuoted(text)
}

/** Quotes a word for a shell, so that the shell interprets none of its characters. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
