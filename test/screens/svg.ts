import {ATTR, type Color, type Cursor, DEFAULT_COLOR, TRUE_COLOR} from '../../src/protocol/cells.ts'
import {PALETTE} from '../../src/tui/color.ts'
import type {Grid} from '../../src/tui/grid.ts'
import {boxPath, strokeOf} from './box-lines.ts'

export type SvgTheme = 'dark' | 'light'

/** Pixels of a cell, and where in it the text stands. Borders join at this height in the fonts that are named below. */
export const CELL = {width: 8.4, height: 16, baseline: 12.8, font: 14} as const
const PADDING = 10

const THEMES: Readonly<Record<SvgTheme, {text: number; back: number; named: readonly number[]}>> = {
  dark: {
    text: 0xd0d4dc,
    back: 0x15181e,
    named: [
      0x2a2e37, 0xe06c75, 0x98c379, 0xe5c07b, 0x61afef, 0xc678dd, 0x56b6c2, 0xc8ccd4, 0x5c6370, 0xf07f88, 0xaad68b,
      0xf0d08c, 0x7cc0ff, 0xd68fee, 0x6cd0dc, 0xffffff,
    ],
  },
  light: {
    text: 0x2c313a,
    back: 0xfafafa,
    named: [
      0x1f2329, 0xc0343f, 0x3f8a3c, 0x9a6700, 0x2f5fd0, 0x9a2fa0, 0x0b7285, 0xd5d8de, 0x7d828c, 0xd6434f, 0x4f9f4b,
      0xb07b10, 0x4373e6, 0xae45b4, 0x1e8599, 0xffffff,
    ],
  },
}

/** Attributes that show on spaces too. */
const LINED = ATTR.underline | ATTR.strike

type Look = {fg: number; bg: number; attrs: number}

/** A picture of a screen, for documents and for snapshots that show colours. */
export function gridSvg(grid: Grid, options: {theme?: SvgTheme; cursor?: Cursor} = {}): string {
  const theme = THEMES[options.theme ?? 'dark']
  const parts = svgHead(grid, options.theme)
  for (let row = 0; row < grid.rows; row++) {
    parts.push(...cellsSvg(grid, {row, cols: [0, grid.cols], theme: options.theme}))
  }
  if (options.cursor) parts.push(cursorOf(options.cursor, theme.text))
  parts.push('</g>', '</svg>', '')
  return parts.join('\n')
}

/** The beginning of a picture: its size, its background and the group that all cells are in. */
export function svgHead({cols, rows}: {cols: number; rows: number}, theme: SvgTheme = 'dark'): string[] {
  const width = round(cols * CELL.width + 2 * PADDING)
  const height = round(rows * CELL.height + 2 * PADDING)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" rx="6" fill="${hex(THEMES[theme].back)}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${CELL.font}" xml:space="preserve">`,
  ]
}

/** Some cells of a row. */
export function cellsSvg(
  grid: Grid,
  {row, cols, theme = 'dark'}: {row: number; cols: [from: number, to: number]; theme?: SvgTheme | undefined},
): string[] {
  const colors = THEMES[theme]
  const spans = spansOf(grid, {row, cols}, cell => lookOf(grid, cell, colors))
  return [
    ...spans.filter(({look}) => look.bg !== colors.back).map(span => backOf(row, span)),
    ...spans.filter(({text, look}) => text.trim() !== '' || look.attrs & LINED).map(span => textOf(row, span)),
  ]
}

/** `stroke`: all of its characters are lines of this width. */
type Span = {col: number; width: number; text: string; look: Look; alone: boolean; stroke: number | undefined}

/** Cells of one look in a row. Characters that fonts draw at odd widths stand alone, so that columns keep in line. */
function spansOf(
  grid: Grid,
  {row, cols: [from, to]}: {row: number; cols: [from: number, to: number]},
  lookAt: (at: number) => Look,
): Span[] {
  const spans: Span[] = []
  for (let col = from; col < to; col++) {
    const at = row * grid.cols + col
    const text = grid.text[at]!
    if (text === '') continue
    const width = col + 1 < grid.cols && grid.text[at + 1] === '' ? 2 : 1
    const look = lookAt(at)
    const last = spans.at(-1)
    const stroke = strokeOf(text)
    const alone = stroke === undefined && (text.length > 1 || text.charCodeAt(0) >= 0x2300)
    if (last && isSameLook(last.look, look) && !alone && !last.alone && last.stroke === stroke) {
      last.text += text
      last.width += width
    } else {
      spans.push({col, width, text, look, alone, stroke})
    }
  }
  return spans
}

function lookOf(grid: Grid, at: number, theme: {text: number; back: number; named: readonly number[]}): Look {
  const attrs = grid.attrs[at]!
  const named = (color: Color, byDefault: number): number => {
    if (color === DEFAULT_COLOR) return byDefault
    return color >= TRUE_COLOR ? color - TRUE_COLOR : (theme.named[color] ?? PALETTE[color]!)
  }
  const fg = named(grid.fg[at]!, theme.text)
  const bg = named(grid.bg[at]!, theme.back)
  return attrs & ATTR.inverse ? {fg: bg, bg: fg, attrs: attrs & ~ATTR.inverse} : {fg, bg, attrs}
}

function backOf(row: number, {col, width, look}: Span): string {
  return `<rect x="${x(col)}" y="${y(row)}" width="${round(width * CELL.width)}" height="${CELL.height}" fill="${hex(look.bg)}"/>`
}

function textOf(row: number, {col, width, text, look, stroke}: Span): string {
  const {attrs} = look
  if (attrs & ATTR.hidden) return ''
  if (stroke !== undefined) {
    const path = boxPath(text, {x: x(col), y: y(row), width: CELL.width, height: CELL.height})
    const dim = attrs & ATTR.dim ? ' opacity="0.6"' : ''
    return `<path d="${path}" fill="none" stroke="${hex(look.fg)}" stroke-width="${stroke}"${dim}/>`
  }
  const lines = [attrs & ATTR.underline && 'underline', attrs & ATTR.strike && 'line-through'].filter(Boolean)
  const style = [
    attrs & ATTR.bold ? ' font-weight="bold"' : '',
    attrs & ATTR.italic ? ' font-style="italic"' : '',
    attrs & ATTR.dim ? ' opacity="0.6"' : '',
    lines.length > 0 ? ` text-decoration="${lines.join(' ')}"` : '',
  ].join('')
  // Browsers drop spaces at the ends of a text and all but one within it, and stretch the rest to its length.
  const isLined = lines.length > 0
  const shown = isLined ? text : text.trim()
  const from = isLined ? col : col + text.length - text.trimStart().length
  const cells = width - (text.length - shown.length)
  const place = `x="${x(from)}" y="${round(PADDING + row * CELL.height + CELL.baseline)}"`
  const spaced = escapeXml(shown).replaceAll(isLined ? / /g : / (?= )/g, '\u00A0')
  return `<text ${place} textLength="${round(cells * CELL.width)}" fill="${hex(look.fg)}"${style}>${spaced}</text>`
}

function cursorOf({row, col, shape}: NonNullable<Cursor>, color: number): string {
  const width = shape === 'bar' ? 2 : CELL.width
  const height = shape === 'underline' ? 2 : CELL.height
  const top = shape === 'underline' ? y(row) + CELL.height - 2 : y(row)
  return `<rect x="${x(col)}" y="${top}" width="${width}" height="${height}" fill="${hex(color)}" opacity="0.7"/>`
}

function isSameLook(a: Look, b: Look): boolean {
  return a.fg === b.fg && a.bg === b.bg && a.attrs === b.attrs
}

function x(col: number): number {
  return round(PADDING + col * CELL.width)
}

function y(row: number): number {
  return PADDING + row * CELL.height
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function hex(rgb: number): string {
  return `#${rgb.toString(16).padStart(6, '0')}`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
