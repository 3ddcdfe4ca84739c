import {clearLine, clearScreenDown, cursorTo, moveCursor} from 'node:readline'
import {Writable} from 'node:stream'
import {safeOutput, truncate} from '../../base/text.ts'

/** A terminal as it is drawn on. */
type Drawn = Pick<NodeJS.WriteStream, 'columns' | 'rows' | 'write'>

/**
 * Makes a function that draws a text over the one before it. What is above stays; each picture is one write without an
 * empty screen in between, so that nothing flickers, and never longer than the terminal, where it could not be drawn over.
 */
export function createRedraw(terminal: Drawn): (text: string) => void {
  let height = 0
  return text => {
    const lines = fitted(safeOutput(text).split('\n'), terminal)
    const pieces: string[] = []
    const picture = new Writable({
      decodeStrings: false,
      write(piece: string, _encoding, done) {
        pieces.push(piece)
        done()
      },
    })
    if (height > 0) moveCursor(picture, 0, -height)
    cursorTo(picture, 0)
    for (const line of lines) {
      picture.write(line)
      clearLine(picture, 1)
      picture.write('\n')
    }
    clearScreenDown(picture)
    terminal.write(pieces.join(''))
    height = lines.length
  }
}

/** Lines that all fit, with one left for the cursor below them; the last says how many are not shown. */
function fitted(lines: readonly string[], {columns = 80, rows = 24}: Partial<Drawn>): string[] {
  const room = Math.max(1, rows - 1)
  const shown =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more lines`]
  // In the last column a terminal may break the line.
  return shown.map(line => truncate(line, Math.max(1, columns - 1)))
}
