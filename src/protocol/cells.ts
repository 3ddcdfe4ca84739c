/** A colour as one number: -1 is the terminal's default, 0 to 255 a palette entry, 0x1000000 + 0xRRGGBB a true colour. */
export type Color = number

export const DEFAULT_COLOR: Color = -1
export const TRUE_COLOR = 0x1000000

/** Bits of `Style.attrs`. */
export const ATTR = {bold: 1, dim: 2, italic: 4, underline: 8, inverse: 16, strike: 32, hidden: 64, blink: 128} as const

export type Style = {fg: Color; bg: Color; attrs: number}

/**
 * A run of cells of one style in one row, without control characters. `width` counts columns. It holds one code point
 * for each column, or it is a single cell: a wide character (two columns) or a cluster of code points. So a reader needs
 * no table of widths.
 */
export type Run = {row: number; col: number; width: number; style: Style; text: string}

/** The cursor of a screen; null: hidden. */
export type Cursor = {row: number; col: number; shape: 'block' | 'bar' | 'underline'} | null

/** The terminal modes that a pane's program has set, as far as input depends on them. */
export type PaneModes = {
  applicationCursor: boolean
  bracketedPaste: boolean
  mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any'
  focusEvents: boolean
  alternateScreen: boolean
}
