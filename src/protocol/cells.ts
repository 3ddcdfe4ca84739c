/**
 * Cells as they travel and as the compositor keeps them. A colour is one number: -1 the terminal's default,
 * 0 to 255 a palette entry, 0x1000000 + 0xRRGGBB a true colour.
 */
export type Color = number

export const DEFAULT_COLOR: Color = -1
export const TRUE_COLOR = 0x1000000

/** Bits of `Style.attrs`. */
export const ATTR = {bold: 1, dim: 2, italic: 4, underline: 8, inverse: 16, strike: 32, hidden: 64, blink: 128} as const

export type Style = {fg: Color; bg: Color; attrs: number}

/**
 * Cells of one style in one row. `width` counts columns. A run holds one code point for each column, or it is one cell
 * alone: a wide character (two columns) or a cluster of code points; so a reader needs no table of widths. No control
 * characters.
 */
export type Run = {row: number; col: number; width: number; style: Style; text: string}

/** null: hidden. */
export type Cursor = {row: number; col: number; shape: 'block' | 'bar' | 'underline'} | null

/** What the program in a pane asked of its terminal, as far as input needs it. */
export type PaneModes = {
  applicationCursor: boolean
  bracketedPaste: boolean
  mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any'
  focusEvents: boolean
  alternateScreen: boolean
}
