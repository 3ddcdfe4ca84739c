import {safeLine} from '../../base/text.ts'
import {dateTime} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import {wrapLine} from '../text/wrap.ts'

/** Facts below each other with their dates, if any has one, so that texts line up. */
export function datedLines(facts: readonly {at: number | null; text: string}[], width: number): Line[] {
  const isDated = facts.some(({at}) => at !== null)
  return facts.flatMap(({at, text}) =>
    wrapLine([{text: safeLine(text)}], width, {first: [{text: isDated ? dateColumn(at) : '', tone: 'muted'}]}),
  )
}

/** As wide as a date. */
export function dateColumn(at: number | null): string {
  return at === null ? ' '.repeat(18) : `${dateTime(at)}  `
}
