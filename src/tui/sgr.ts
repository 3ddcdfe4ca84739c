import {ATTR, type Color, DEFAULT_COLOR, type Style, TRUE_COLOR} from '../protocol/cells.ts'

const ATTRIBUTE_CODES: readonly (readonly [bit: number, code: number])[] = [
  [ATTR.bold, 1],
  [ATTR.dim, 2],
  [ATTR.italic, 3],
  [ATTR.underline, 4],
  [ATTR.blink, 5],
  [ATTR.inverse, 7],
  [ATTR.hidden, 8],
  [ATTR.strike, 9],
]

/** Gives the shortest SGR sequence from one style to another; '' when they are equal. */
export function sgrBetween(from: Style, to: Style): string {
  const lost = from.attrs & ~to.attrs
  const codes: string[] = []
  // Attributes can be reset one by one, but bold and dim share a code; a full reset is as short and always right.
  const base = lost === 0 ? from : {fg: DEFAULT_COLOR, bg: DEFAULT_COLOR, attrs: 0}
  if (lost !== 0) codes.push('0')
  const gained = to.attrs & ~base.attrs
  for (const [bit, code] of ATTRIBUTE_CODES) if (gained & bit) codes.push(String(code))
  if (to.fg !== base.fg) codes.push(colorCodes(to.fg, 30))
  if (to.bg !== base.bg) codes.push(colorCodes(to.bg, 40))
  if (codes.length === 0) return ''
  const isReset = lost !== 0 && codes.length === 1
  return isReset ? '\x1b[m' : `\x1b[${codes.join(';')}m`
}

/** Gives a colour's SGR codes. `base` is 30 for the foreground and 40 for the background. */
function colorCodes(color: Color, base: 30 | 40): string {
  if (color === DEFAULT_COLOR) return String(base + 9)
  if (color < 8) return String(base + color)
  if (color < 16) return String(base + 52 + color)
  if (color < TRUE_COLOR) return `${base + 8};5;${color}`
  const rgb = color - TRUE_COLOR
  return `${base + 8};2;${rgb >> 16};${(rgb >> 8) & 0xff};${rgb & 0xff}`
}
