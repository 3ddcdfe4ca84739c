import graphemes from '@xterm/addon-unicode-graphemes'
import type {ITerminalAddon} from '@xterm/headless'
import headless from '@xterm/headless'

/**
 * The parts of xterm 6.0.0 that its public interface hides. Reading cells through the public one costs an object per
 * cell; the synchronous write makes it possible to share the event loop fairly between panes. The version is pinned, and
 * `test/terminal/xterm.test.ts` fails if a new one differs inside.
 */
export type XtermCore = {
  writeSync(data: string): void
  readonly cols: number
  readonly rows: number
  readonly buffer: XtermBuffer
  readonly _inputHandler: {
    readonly _parser: {
      /** By identifier, whose lowest byte is the final character. */
      readonly _csiHandlers: Readonly<Record<string, ((params: XtermParams) => boolean)[]>>
      readonly _oscParser: {readonly _handlers: Readonly<Record<string, unknown>>}
      clearOscHandler(ident: number): void
    }
  }
  readonly coreService: {
    readonly isCursorHidden: boolean
    readonly decPrivateModes: {readonly cursorStyle: 'block' | 'bar' | 'underline' | undefined}
  }
}

export type XtermBuffer = {
  readonly lines: {get(index: number): XtermLine | undefined; readonly length: number}
  /** Index of the screen's first line; lines before it are scrollback. */
  readonly ybase: number
  readonly x: number
  readonly y: number
}

/** A sequence's numbers, lent to its handlers while it is handled. */
export type XtermParams = {readonly params: Int32Array; readonly length: number}

type XtermLine = {
  getString(index: number): string

  /** Three numbers per cell: content, foreground, background. */
  readonly _data: Uint32Array
  /** Texts of cells of more than one code point; entries of cells without COMBINED are leftovers. */
  readonly _combined: Readonly<Record<number, string>>
  readonly length: number
}

export const CELL_SIZE = 3

/** Bits of a cell's content. */
export const CONTENT = {codepoint: 0x1fffff, combined: 0x200000, widthShift: 22} as const

/** Bits of a cell's foreground and background. */
export const COLOR = {mode: 0x3000000, none: 0, rgb: 0x3000000, palette: 0xff, value: 0xffffff} as const
export const FOREGROUND = {
  inverse: 0x4000000,
  bold: 0x8000000,
  underline: 0x10000000,
  blink: 0x20000000,
  hidden: 0x40000000,
  strike: 0x80000000,
} as const
export const BACKGROUND = {italic: 0x4000000, dim: 0x8000000} as const

/** The content of a cell that was never written. */
export const NULL_CONTENT = 1 << CONTENT.widthShift

/** The least width: a wide character needs it, and xterm refuses less. */
export const MIN_COLS = 2

export type Xterm = headless.Terminal

/** Creates a headless terminal, in which `\n` is only a line feed, as from a PTY. */
export function createXterm(options: {cols: number; rows: number; scrollback: number}): {term: Xterm; core: XtermCore} {
  const term = new headless.Terminal({
    cols: Math.max(MIN_COLS, options.cols),
    rows: Math.max(1, options.rows),
    scrollback: options.scrollback,
    allowProposedApi: true,
    logLevel: 'off',
    // Without these, xterm hides size queries from the handlers that answer them.
    windowOptions: {getWinSizePixels: true, getWinSizeChars: true},
  })
  term.loadAddon(new graphemes.UnicodeGraphemesAddon() as unknown as ITerminalAddon)
  const {_core: core} = term as unknown as {_core: XtermCore}
  return {term, core}
}
