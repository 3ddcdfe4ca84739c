import {textWidth} from '../../base/text.ts'
import type {Line, Segment} from './line.ts'

/** A text of several lines with its caret, broken at `width` columns. `row`: the line that has the caret. */
export function editorLines(text: string, caret: number, width: number): {lines: Line[]; row: number} {
  const lines: Segment[][] = [[]]
  let taken = 0
  let row = 0
  let at = 0
  const add = (segment: Segment) => {
    const columns = textWidth(segment.text)
    if (taken + columns > width) {
      lines.push([])
      taken = 0
    }
    const line = lines.at(-1)!
    const last = line.at(-1)
    if (last && !last.inverse && !segment.inverse) line[line.length - 1] = {text: last.text + segment.text}
    else line.push(segment)
    taken += columns
    if (segment.inverse) row = lines.length - 1
  }
  for (const character of text) {
    if (character === '\n') {
      if (at === caret) add({text: ' ', inverse: true})
      lines.push([])
      taken = 0
    } else add({text: character === '\t' ? '  ' : character, ...(at === caret && {inverse: true})})
    at += character.length
  }
  if (at === caret) add({text: ' ', inverse: true})
  return {lines, row}
}

/** The caret after moving by lines: as far in the other line as in this one, or at its end. */
export function movedLines(text: string, caret: number, by: number): number {
  const lines = text.split('\n')
  const before = text.slice(0, caret).split('\n')
  const to = Math.max(0, Math.min(lines.length - 1, before.length - 1 + by))
  const start = lines.slice(0, to).reduce((sum, line) => sum + line.length + 1, 0)
  return start + Math.min(before.at(-1)!.length, lines[to]!.length)
}
