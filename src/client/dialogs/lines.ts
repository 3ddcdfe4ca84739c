import type {ErrorData} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import type {Loaded} from '../state/dialog.ts'
import type {Notice, Toast} from '../state/types.ts'
import {timeOfDay} from '../text/format.ts'
import type {Line} from '../text/line.ts'
import type {Tone} from '../text/theme.ts'
import {wrapLine, wrapText} from '../text/wrap.ts'

// What dialogs say, wrapped: the layout makes room for exactly these lines, the components draw them.

export const TOAST_TONES: Readonly<Record<Toast['level'], Tone>> = {info: 'text', warning: 'attention', error: 'bad'}

/** What happened, what is kept, what to press, on one line. */
export function toastLine({level, text, kept, next}: Toast, dot: string): Line {
  return [
    {text: safeLine(text), tone: TOAST_TONES[level]},
    ...(kept === null ? [] : [{text: ` ${dot} kept: ${safeLine(kept)}`, tone: 'muted' as const}]),
    ...(next === null ? [] : [{text: ` ${dot} next: ${safeLine(next)}`}]),
  ]
}

/** Messages in full with their times, newest first. */
export function noticeLines(notices: readonly Notice[], width: number): Line[] {
  return notices.toReversed().flatMap(({at, level, text, kept, next}) => {
    const time = `${timeOfDay(at)}  `
    const said = saidLines({message: text, tone: TOAST_TONES[level], kept, next}, Math.max(1, width - time.length))
    return said.map(
      (line, index): Line => [{text: index === 0 ? time : ' '.repeat(time.length), tone: 'muted'}, ...line],
    )
  })
}

export function errorLines({message, kept, next}: ErrorData, width: number): Line[] {
  return saidLines({message, tone: 'bad', kept: kept ?? null, next: next ?? null}, width)
}

function saidLines(
  said: {message: string; tone: Tone; kept: string | null; next: string | null},
  width: number,
): Line[] {
  const {message, tone, kept, next} = said
  return [
    ...wrapText(safeLine(message), width, {tone}),
    ...(kept === null ? [] : wrapText(`kept: ${safeLine(kept)}`, width, {tone: 'muted'})),
    ...(next === null ? [] : wrapText(`next: ${safeLine(next)}`, width)),
  ]
}

/** Steps with their numbers. */
export function numbered(steps: readonly string[], width: number): Line[] {
  return steps.flatMap((step, index) =>
    wrapLine([{text: safeLine(step)}], width, {first: [{text: `${index + 1} `, tone: 'accent'}]}),
  )
}

/** Lines of content that is fetched: one while it loads, or those of the error. */
export function loadedHeight<T>(loaded: Loaded<T>, width: number, heightOf: (value: T) => number): number {
  switch (loaded.state) {
    case 'ready':
      return heightOf(loaded.value)
    case 'loading':
      return 1
    case 'failed':
      return errorLines(loaded.error, width).length
  }
}

/** Lines of a table under its headings; an empty one says so in one line. */
export function tableHeight(loaded: Loaded<readonly unknown[]>, width: number): number {
  return loadedHeight(loaded, width, rows => (rows.length === 0 ? 1 : rows.length + 1))
}
