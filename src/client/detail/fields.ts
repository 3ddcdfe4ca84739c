import {safeLine} from '../../base/text.ts'
import type {Line} from '../text/line.ts'
import type {Tone} from '../text/theme.ts'
import {wrapLine} from '../text/wrap.ts'

export type Field = readonly [name: string, value: string, tone?: Tone]

/** Names in one column, values in another, wrapped below themselves. */
export function fieldLines(fields: readonly Field[], width: number): Line[] {
  const wide = Math.max(0, ...fields.map(([name]) => name.length)) + 2
  return fields.flatMap(([name, value, tone = 'text']) =>
    wrapLine([{text: safeLine(value), tone}], width, {
      first: [{text: safeLine(name).padEnd(wide), tone: 'muted'}],
      rest: [{text: ' '.repeat(wide)}],
    }),
  )
}
