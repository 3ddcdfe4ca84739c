import type {XtermCore} from './xterm.ts'

const ERASE = 'J'.charCodeAt(0)
/** Selectors of the sequence: up to the cursor, and all. */
const TO_CURSOR = 1
const ALL = 2

/**
 * Lets a program erase up to the cursor in the last cell of a screen that has not scrolled: there xterm looks for a line below
 * and fails, and the rest of its step is lost. All cells are erased in its place, which is the same.
 */
export function eraseToLastCell(core: XtermCore): void {
  for (const [ident, handlers] of Object.entries(core._inputHandler._parser._csiHandlers)) {
    if ((Number(ident) & 0xff) !== ERASE) continue
    handlers.push(({params}) => {
      const {x, y, lines} = core.buffer
      if (params[0] === TO_CURSOR && x + 1 >= core.cols && y + 1 >= lines.length) params[0] = ALL
      return false
    })
  }
}
