import {textWidth} from '../../base/text.ts'
import {type Line, lineWidth, type Segment} from './line.ts'

/** Created when the first word has to be cut: the first segmenter of a process takes a third of node's start time. */
let clusters: Intl.Segmenter | undefined

/**
 * Breaks a line between words so that each part takes at most `width` columns; a word that is wider fills the line and
 * is broken within.
 * `first` and `rest` precede the first part and the further ones: bullets, bars, indents.
 */
export function wrapLine(line: Line, width: number, before: {first?: Line; rest?: Line} = {}): Line[] {
  const first = before.first ?? []
  const rest = before.rest ?? first.map(segment => ({...segment, text: ' '.repeat(textWidth(segment.text))}))
  const room = Math.max(1, width - Math.max(lineWidth(first), lineWidth(rest)))
  return broken(line, room).map((part, index) => [...(index === 0 ? first : rest), ...part])
}

/** Text of one look, wrapped; an empty one is one empty line. */
export function wrapText(text: string, width: number, look: Omit<Segment, 'text'> = {}): Line[] {
  return wrapLine([{...look, text}], width)
}

function broken(line: Line, room: number): Line[] {
  const lines: Segment[][] = []
  let current: Segment[] = []
  let taken = 0
  const add = (piece: Segment, width: number) => {
    current.push(piece)
    taken += width
  }
  const next = () => {
    lines.push(withoutTrailingSpace(current))
    current = []
    taken = 0
  }
  for (const segment of line) {
    for (const text of segment.text.match(/\s+|\S+/gu) ?? []) {
      const width = textWidth(text)
      const isSpace = text.trim() === ''
      if (taken + width <= room) {
        add({...segment, text}, width)
      } else if (isSpace) {
        // The line ends here; what starts the next one is a word.
        next()
      } else {
        // A word that fits no line, such as a path or a Chinese title, fills this one.
        if (width <= room && current.some(({text: before}) => before.trim() !== '')) next()
        for (const piece of pieces(text, room - taken, room)) {
          if (taken > 0 && taken + textWidth(piece) > room) next()
          add({...segment, text: piece}, textWidth(piece))
        }
      }
    }
  }
  if (current.length > 0 || lines.length === 0) lines.push(withoutTrailingSpace(current))
  return lines.map(merged)
}

/** A word in pieces: the first of at most `firstRoom` columns (if that is any use), the others of `room`. */
function pieces(word: string, firstRoom: number, room: number): string[] {
  const found: string[] = []
  let piece = ''
  let limit = firstRoom > 0 ? firstRoom : room
  clusters ??= new Intl.Segmenter()
  for (const {segment} of clusters.segment(word)) {
    if (piece !== '' && textWidth(piece + segment) > limit) {
      found.push(piece)
      piece = ''
      limit = room
    }
    piece += segment
  }
  return piece === '' ? found : [...found, piece]
}

function withoutTrailingSpace(line: readonly Segment[]): Segment[] {
  const kept = [...line]
  while (kept.length > 0 && kept.at(-1)!.text.trim() === '') kept.pop()
  return kept
}

/** Neighbours of one look as one segment: fewer things to draw. */
function merged(line: readonly Segment[]): Line {
  const result: Segment[] = []
  for (const segment of line) {
    const last = result.at(-1)
    if (last && sameLook(last, segment)) result[result.length - 1] = {...last, text: last.text + segment.text}
    else result.push(segment)
  }
  return result
}

function sameLook(a: Segment, b: Segment): boolean {
  return (
    a.tone === b.tone &&
    a.bold === b.bold &&
    a.inverse === b.inverse &&
    a.italic === b.italic &&
    a.underline === b.underline &&
    a.strike === b.strike
  )
}
