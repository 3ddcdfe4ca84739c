import {safeText} from '../base/text.ts'
import type {Cursor, PaneModes} from '../protocol/cells.ts'
import {boundWork} from './bounds.ts'
import {type Capture, captureCells} from './capture.ts'
import {eraseToLastCell} from './erase.ts'
import {type ProgramCall, watchProgramCalls} from './program-calls.ts'
import {answerQueries} from './terminal-queries.ts'
import {createXterm, MIN_COLS, type Xterm, type XtermCore} from './xterm.ts'

/** How many lines of scrollback a pane keeps: about 10 MB at 120 columns. */
const SCROLLBACK_LINES = 5000

const SYNCHRONIZED_OUTPUT = 2026

/** Follows one line while output scrolls. */
export type Anchor = Disposable & {
  /** Its current index in the buffer; 0 once it has left the scrollback. */
  line(): number
}

/**
 * Parses a program's output into cells. Titles, clipboard writes and other requests to the terminal end here; `reply`
 * sends the program answers to its queries.
 */
export class Emulator implements Disposable {
  readonly #term: Xterm
  readonly #core: XtermCore

  constructor(options: {
    cols: number
    rows: number
    scrollback?: number
    reply: (data: string) => void
    /** Called during parsing when a synchronized update ends, the one moment at which it is whole. */
    onUpdated?: () => void
    /** Called during parsing when the program notifies a person. */
    onProgramCall?: (call: ProgramCall) => void
  }) {
    const {term, core} = createXterm({scrollback: SCROLLBACK_LINES, ...options})
    this.#term = term
    this.#core = core
    boundWork(core)
    eraseToLastCell(core)
    term.onData(options.reply)
    answerQueries(term, options.reply)
    if (options.onProgramCall) watchProgramCalls(term, options.onProgramCall)
    term.parser.registerCsiHandler({prefix: '?', final: 'l'}, params => {
      if (params.includes(SYNCHRONIZED_OUTPUT)) options.onUpdated?.()
      return false
    })
  }

  get cols(): number {
    return this.#term.cols
  }

  get rows(): number {
    return this.#term.rows
  }

  /** The number of lines above the screen; 0 while a program shows its alternate screen. */
  get scrollback(): number {
    return this.#core.buffer.ybase
  }

  /** Whether the program is in the middle of a frame (synchronized output) that must not be shown yet. */
  get updating(): boolean {
    return this.#term.modes.synchronizedOutputMode
  }

  get modes(): PaneModes {
    const modes = this.#term.modes
    return {
      applicationCursor: modes.applicationCursorKeysMode,
      bracketedPaste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
      focusEvents: modes.sendFocusMode,
      alternateScreen: this.alternate,
    }
  }

  get alternate(): boolean {
    return this.#term.buffer.active.type === 'alternate'
  }

  /** Its position from the top of the screen; null when the program hides it. */
  get cursor(): Cursor {
    const {isCursorHidden, decPrivateModes} = this.#core.coreService
    if (isCursorHidden) return null
    const {x, y} = this.#core.buffer
    // After a write to the last column the cursor is beyond it.
    return {row: y, col: Math.min(x, this.cols - 1), shape: decPrivateModes.cursorStyle ?? 'block'}
  }

  /** Parses `data` before it returns. It takes text because xterm's own UTF-8 decoder loses characters that are cut. */
  write(data: string): void {
    this.#core.writeSync(data)
  }

  /** Resizes the screen, to at least 2 x 1. */
  resize(cols: number, rows: number): void {
    this.#term.resize(Math.max(MIN_COLS, cols), Math.max(1, rows))
  }

  /** Copies `rows` lines of cells from line `top` of the buffer on; `scrollback` is the screen's first line. */
  capture(top: number, cols: number, rows: number): Capture {
    return captureCells(this.#core.buffer, top, cols, rows)
  }

  /** Follows the line at `index` of the normal buffer. */
  anchor(index: number): Anchor {
    const {ybase, y} = this.#core.buffer
    const marker = this.#term.registerMarker(index - ybase - y)
    return {
      line: () => Math.max(0, marker?.line ?? 0),
      [Symbol.dispose]: () => marker?.dispose(),
    }
  }

  /** Gives the last `lines` lines of scrollback and screen, without blank ones at the end and with wrapped ones joined. */
  text(lines: number): string {
    const buffer = this.#term.buffer.active
    let text = ''
    for (let index = Math.max(0, buffer.length - this.#blankLines() - lines); index < buffer.length; index++) {
      const line = buffer.getLine(index)
      if (!line) continue
      const wraps = buffer.getLine(index + 1)?.isWrapped ?? false
      text += line.translateToString(!wraps) + (wraps ? '' : '\n')
    }
    return safeText(text.trimEnd())
  }

  [Symbol.dispose](): void {
    this.#term.dispose()
  }

  /** Counts the blank lines at the buffer's end. */
  #blankLines(): number {
    const buffer = this.#term.buffer.active
    let index = buffer.length
    while (index > 0 && buffer.getLine(index - 1)?.translateToString(true) === '') index--
    return buffer.length - index
  }
}
