import {type AnswerEvent, charEvent, type InputEvent, keyEvent} from './events.ts'

/** Final letters of `CSI 1;m X` and `SS3 X`, as xterm sends them. */
const BY_LETTER: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
}

/** The application keypad's keys by their `SS3` letter; digits and signs type themselves. */
const KEYPAD: Readonly<Record<string, string>> = {j: '*', k: '+', l: ',', m: '-', n: '.', o: '/', X: '='}

/** Numbers of `CSI n ~`, as the VT220 and xterm send them. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  ...numbered(11, 1, 5),
  ...numbered(17, 6, 5),
  ...numbered(23, 11, 2),
}

/** The kitty keyboard protocol's code points for keypad keys and others without a character. */
const KITTY: Readonly<Record<number, string>> = {
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
}

function numbered(first: number, key: number, count: number): Record<number, string> {
  return Object.fromEntries(Array.from({length: count}, (_, index) => [first + index, `f${key + index}`]))
}

/** Gives the event of a key sent as `ESC O x`. */
export function ss3Event(final: string, raw: string): InputEvent {
  const name = BY_LETTER[final]
  if (name) return keyEvent(name, raw)
  if (final === 'M') return keyEvent('enter', raw)
  const typed = KEYPAD[final] ?? (/[p-y]/.test(final) ? String.fromCharCode(final.charCodeAt(0) - 0x40) : undefined)
  return typed ? keyEvent(typed, raw, {}, typed) : keyEvent('', raw)
}

/**
 * Gives the event of a complete control sequence; `params` are the bytes between `CSI` and `final`. Releases of keys and
 * answers to an earlier program's queries give null.
 */
export function csiEvent(params: string, final: string, raw: string): InputEvent | null {
  if (params.startsWith('<')) return mouseEvent(params.slice(1), final)
  if (params.startsWith('?') && final === 'c') return {kind: 'attributes'}
  if (/[<=>?]|[ -/]/.test(params) || /[ctny]/.test(final)) return null
  if (params === '' && (final === 'I' || final === 'O')) return {kind: 'focus', focused: final === 'I'}
  const [first = [], second = []] = params.split(';').map(field => field.split(':').map(Number))
  const code = first[0] ?? 0
  const held = modifiersOf(second[0] ?? 1)
  if (second[1] === RELEASED) return null
  if (final === 'u') return codeEvent(code, first[1], held, raw)
  if (final === '~' && code === 27) return codeEvent(Number(params.split(';')[2] ?? 0), undefined, held, raw)
  if (final === '~') return keyEvent(BY_NUMBER[code] ?? '', raw, held)
  if (final === 'Z') return keyEvent('tab', raw, {...held, shift: true})
  // `CSI row;col R` answers a cursor query; F3 has 1 as its first parameter.
  if (final === 'R' && code !== 1 && params !== '') return null
  return keyEvent(BY_LETTER[final] ?? '', raw, held)
}

/** Event type of the kitty protocol: 1 pressed, 2 repeated, 3 released. */
const RELEASED = 3

type Held = {ctrl: boolean; alt: boolean; shift: boolean}

/** Decodes xterm's parameter: one more than the sum of shift 1, alt 2, ctrl 4. Super and locks are ignored. */
function modifiersOf(parameter: number): Held {
  const bits = Math.max(0, parameter - 1)
  return {shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0}
}

/** Gives the event of a key with code point and modifiers: kitty's CSI-u and xterm's modifyOtherKeys. */
function codeEvent(code: number, shifted: number | undefined, held: Held, raw: string): InputEvent {
  const special = KITTY[code]
  if (special) return keyEvent(special, raw, held)
  // The private use area holds keys without a character, such as the modifiers themselves.
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xe000 && code <= 0xf8ff)
  if (!isCharacter) return keyEvent('', raw)
  const base = String.fromCodePoint(code)
  if (code < 0x20 || code === 0x7f) {
    const event = charEvent(base, raw)
    return event.kind === 'key' ? {kind: 'key', key: {...event.key, ...held, ctrl: held.ctrl || event.key.ctrl}} : event
  }
  const char = held.shift ? (shifted ? String.fromCodePoint(shifted) : base.toUpperCase()) : base
  const name = char === ' ' ? 'space' : held.ctrl ? char.toLowerCase() : char
  return keyEvent(name, raw, held, held.ctrl || held.alt ? '' : char)
}

/** Gives the event of `CSI < code;col;row M` (pressed or moved) or `m` (released). */
function mouseEvent(params: string, final: string): InputEvent | null {
  const [code, col, row] = params.split(';').map(Number)
  if (code === undefined || !col || !row || (final !== 'M' && final !== 'm')) return null
  const place = {kind: 'mouse' as const, code, row: row - 1, col: col - 1}
  if ((code & 64) !== 0) {
    // 66 and 67 are the sideways wheel, which is ignored.
    if ((code & 2) !== 0) return null
    return {...place, action: (code & 1) === 0 ? 'wheel-up' : 'wheel-down'}
  }
  if ((code & 32) !== 0) return {...place, action: 'move'}
  return {...place, action: final === 'M' ? 'press' : 'release'}
}

/** Gives the background's colour from an OSC string without its introducer and end; null for any other OSC. */
export function oscEvent(content: string): AnswerEvent | null {
  const [, ...channels] = /^11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(content) ?? []
  if (channels.length === 0) return null
  // X11 writes a channel with one to four digits; all `f` is the brightest.
  const [red = 0, green = 0, blue = 0] = channels.map(digits =>
    Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255),
  )
  return {kind: 'background', rgb: (red << 16) | (green << 8) | blue}
}
