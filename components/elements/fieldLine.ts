import {safeLine, textWidth} from '../../src/base/text.ts'
import type {Line} from '../../src/client/text/line.ts'

/** Characters that a cell may have: a letter with accents, or an emoji of several. */
const CHARACTERS_A_CELL = 16

/** A line to type in, with its cursor at the end; of a text that is wider than `width` the end is shown. */
export function fieldLine(prompt: string, text: string, width: number): Line {
  const room = Math.max(1, width - textWidth(prompt) - 1)
  return [
    {text: prompt, tone: 'accent'},
    {text: endOf(safeLine(`${text}.`).slice(0, -1), room)},
    {text: ' ', inverse: true},
  ]
}

/** A pasted text may have a million characters: no more of it is looked at than may be shown. */
function endOf(text: string, width: number): string {
  const last = text.slice(-CHARACTERS_A_CELL * width)
  const clusters = [...new Intl.Segmenter().segment(last)].map(({segment}) => segment)
  let shown = ''
  for (const cluster of clusters.toReversed()) {
    if (textWidth(cluster + shown) > width) break
    shown = cluster + shown
  }
  return shown
}
