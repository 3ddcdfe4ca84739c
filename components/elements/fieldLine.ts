import {safeLine, textWidth} from '../../src/base/text.ts'
import type {Line} from '../../src/client/text/line.ts'

/** A line to type in, with its cursor at the end; of a text that is wider than `width` the end is shown. */
export function fieldLine(prompt: string, text: string, width: number): Line {
  const room = Math.max(1, width - textWidth(prompt) - 1)
  return [
    {text: prompt, tone: 'accent'},
    {text: endOf(safeLine(`${text}.`).slice(0, -1), room)},
    {text: ' ', inverse: true},
  ]
}

function endOf(text: string, width: number): string {
  const clusters = [...new Intl.Segmenter().segment(text)].map(({segment}) => segment)
  while (clusters.length > 0 && textWidth(clusters.join('')) > width) clusters.shift()
  return clusters.join('')
}
