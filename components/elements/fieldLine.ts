import {safeLine, textWidth} from '../../src/base/text.ts'
import {fitLine, type Line} from '../../src/client/text/line.ts'
import {wrapText} from '../../src/client/text/wrap.ts'

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

/** The same over several lines; of a text that takes more of them, the last ones. */
export function fieldLines(prompt: string, text: string, {width, height}: {width: number; height: number}): Line[] {
  const room = Math.max(1, width - textWidth(prompt))
  const shown = safeLine(`${text.slice(-CHARACTERS_A_CELL * room * height)}.`).slice(0, -1)
  // The last letter takes the cursor's place while the text is wrapped.
  const lines = wrapText(`${shown}_`, room).slice(-height)
  return lines.map((line, index): Line => {
    const before = {text: index === 0 ? prompt : ' '.repeat(textWidth(prompt)), tone: 'accent' as const}
    if (index < lines.length - 1) return fitLine([before, ...line], width)
    const last = line.map(({text: words}) => words).join('')
    return fitLine([before, {text: last.slice(0, -1)}, {text: ' ', inverse: true}], width)
  })
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
