import {safeLine, textWidth} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Decided} from '../../protocol/daemon.ts'

type Column = {title: string; align?: 'left' | 'right'; max?: number}

/**
 * Draws rows as aligned columns with a heading, by the screen's table, which is loaded on first use. The last column is
 * not padded.
 */
export async function columns(head: readonly Column[], rows: readonly (readonly string[])[]): Promise<string> {
  const {tableText} = await import('../../../components/elements/tableText.tsx')
  const clean = rows.map(row => row.map(safeLine))
  const widths = head.map(({title, max = 60}, index) =>
    Math.min(max, Math.max(textWidth(title), ...clean.map(row => textWidth(row[index] ?? '')))),
  )
  // One space more than on the screen, because no frame separates the columns here.
  const last = head.length - 1
  return tableText(
    head.map(({title, align = 'left'}, index) => ({
      key: title,
      heading: title,
      width: widths[index]! + (align === 'left' && index < last ? 1 : 0),
      align,
    })),
    clean.map(row => Object.fromEntries(head.map(({title}, index) => [title, row[index] ?? '']))),
  )
}

/** A duration as `12s`, `3m`, `2h`, `5d` or `3w`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  if (seconds < 14 * 86_400) return `${Math.floor(seconds / 86_400)}d`
  return `${Math.floor(seconds / (7 * 86_400))}w`
}

/** What a decision about the queue cost: `decided in 12 ms, 0 calls of GitHub's API`. */
export function decidedText({ms, calls}: Decided): string {
  return `decided in ${ms} ms, ${count(calls, 'call')} of GitHub's API`
}

/** A list of issues: `#3, #4 and #5`. */
export function list(numbers: readonly number[]): string {
  const texts = numbers.map(number => `#${number}`)
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}
