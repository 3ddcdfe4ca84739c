import {fit as fitText, textWidth, truncate} from '../../base/text.ts'
import type {Tone} from './theme.ts'

/** A piece of a line in one look. Text from outside is made safe before it comes here. */
export type Segment = {
  text: string
  tone?: Tone
  bold?: boolean
  inverse?: boolean
  italic?: boolean
  underline?: boolean
  strike?: boolean
}
export type Line = readonly Segment[]

export function lineWidth(line: Line): number {
  return line.reduce((sum, {text}) => sum + textWidth(text), 0)
}

/** Exactly `width` columns: cut with an ellipsis in the segment that does not fit, or filled with spaces. */
export function fitLine(line: Line, width: number): Line {
  let room = Math.max(0, width)
  const fitted: Segment[] = []
  for (const segment of line) {
    const taken = textWidth(segment.text)
    if (taken > room) {
      fitted.push({...segment, text: fitText(segment.text, room)})
      return fitted
    }
    fitted.push(segment)
    room -= taken
  }
  return room > 0 ? [...fitted, {text: ' '.repeat(room)}] : fitted
}

/** Exactly `width` columns: `right` is at the right and kept whole, `left` is cut so that one space stays between. */
export function splitLine(left: Line, right: Line, width: number): Line {
  const taken = lineWidth(right)
  if (taken === 0) return fitLine(left, width)
  if (taken >= width) return fitLine(right, width)
  return [...fitLine(left, width - taken - 1), {text: ' '}, ...right]
}

/** The top line of a border with its title and right-aligned figures, exactly `width` columns. */
export function titleLine(options: {
  title: Line
  figures: Line
  width: number
  corners: readonly [left: string, right: string]
  dash: string
  tone: Tone
}): Line {
  const {title, figures, width, corners, dash, tone} = options
  const room = width - 4 // a corner and a dash on each side
  if (room < 6) return [{text: corners[0] + dash.repeat(Math.max(0, width - 2)) + corners[1], tone}]
  const right = lineWidth(figures) > 0 && lineWidth(figures) + 8 <= room ? [{text: ' '}, ...figures, {text: ' '}] : []
  const left = cutLine(title, room - lineWidth(right) - 3)
  const padded: Line = lineWidth(left) > 0 ? [{text: ' '}, ...left, {text: ' '}] : []
  const fill = room - lineWidth(padded) - lineWidth(right)
  return [
    {text: corners[0] + dash, tone},
    ...padded,
    {text: dash.repeat(Math.max(0, fill)), tone},
    ...right,
    {text: dash + corners[1], tone},
  ]
}

/** At most `width` columns. */
export function cutLine(line: Line, width: number): Line {
  let room = Math.max(0, width)
  const cut: Segment[] = []
  for (const segment of line) {
    if (room === 0) break
    const text = truncate(segment.text, room)
    cut.push({...segment, text})
    room -= textWidth(text)
  }
  return cut
}
