import {styleText} from 'node:util'
import {fit, safeLine, textWidth, truncate} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import type {Decided} from '../../protocol/daemon.ts'

type Column = {title: string; align?: 'left' | 'right'; max?: number}

/** What text is printed on: `columns` is Infinity where it is no terminal. */
export type Paper = {columns: number; colour: boolean}

/** How a row stands out. */
export type Tone = 'warning' | 'error' | 'muted'

const STYLES = {warning: 'yellow', error: 'red', muted: 'dim', heading: 'bold'} as const

/** A column is not made narrower than this to fit a terminal. */
const NARROWEST = 8

/** The standard output, with colour if it is a terminal that has some and NO_COLOR is not set. */
export function paperOf(
  stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> &
    Partial<Pick<NodeJS.WriteStream, 'hasColors'>> = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
): Paper {
  if (stdout.isTTY !== true) return {columns: Number.POSITIVE_INFINITY, colour: false}
  return {columns: stdout.columns || 80, colour: !env.NO_COLOR && env.TERM !== 'dumb' && stdout.hasColors?.() === true}
}

/** Gives a line the colour of a tone where the paper has colours. */
export function toned(line: string, tone: Tone | 'heading' | undefined, {colour}: Paper): string {
  return tone === undefined || !colour || line === '' ? line : styleText(STYLES[tone], line, {validateStream: false})
}

/**
 * Rows as aligned columns under headings. Every cell is made safe to print and a long one is cut to its column's `max`. On a
 * terminal the widest columns are cut further, with an ellipsis, until a row is one line; on one that is too narrow for
 * that, each row is a list of its cells. It is no screen's table, since Ink takes longer to load than a command to run.
 */
export function columns(
  head: readonly Column[],
  rows: readonly (readonly string[])[],
  {paper = paperOf(), tones = []}: {paper?: Paper; tones?: readonly (Tone | undefined)[]} = {},
): string {
  const clean = rows.map(row => row.map(safeLine))
  const wanted = head.map(({title, max = 60}, index) =>
    Math.min(max, Math.max(textWidth(title), ...clean.map(row => textWidth(row[index] ?? '')))),
  )
  const last = head.length - 1
  const gaps = head.map(({align = 'left'}, index) => (index === last ? '' : align === 'left' ? '  ' : ' '))
  const between = sum(gaps.map(({length}) => length))
  const widths = narrowed(
    wanted,
    head.map(({title}) => textWidth(title)),
    paper.columns - between,
  )
  if (sum(widths) + between > paper.columns) return rowLists(head, clean, {paper, tones})
  const line = (cells: readonly string[]) =>
    head
      .map(({align}, at) => fit(cells[at] ?? '', widths[at]!, align) + gaps[at]!)
      .join('')
      .trimEnd()
  return [
    toned(line(head.map(({title}) => title)), 'heading', paper),
    ...clean.map((row, index) => toned(line(row), tones[index], paper)),
  ].join('\n')
}

/** Rows as lists, a line for each cell that holds something, with the column's heading before it. */
function rowLists(
  head: readonly Column[],
  rows: readonly (readonly string[])[],
  {paper, tones}: {paper: Paper; tones: readonly (Tone | undefined)[]},
): string {
  const width = Math.max(...head.map(({title}) => textWidth(title)))
  const line = (title: string, cell: string) => truncate(`${fit(title, width)}  ${cell}`, paper.columns)
  return rows
    .map((row, index) =>
      head.flatMap(({title}, at) => (row[at] ? [toned(line(title, row[at]), tones[index], paper)] : [])).join('\n'),
    )
    .join('\n\n')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}

/** Takes columns' widths from the widest ones until all fit; none gets narrower than its heading or `NARROWEST`. */
function narrowed(widths: readonly number[], least: readonly number[], room: number): number[] {
  const found = [...widths]
  const spare = (index: number) => found[index]! - Math.max(NARROWEST, least[index]!)
  for (let over = sum(found) - room; over > 0; over--) {
    const candidates = found.map((_, index) => index).filter(index => spare(index) > 0)
    if (candidates.length === 0) break
    const widest = candidates.reduce((one, other) => (found[other]! > found[one]! ? other : one))
    found[widest]!--
  }
  return found
}

export {age} from '../../base/duration.ts'

/** What a decision about the queue cost: `decided in 12 ms, 0 calls of GitHub's API`. */
export function decidedText({ms, calls}: Decided): string {
  return `decided in ${ms} ms, ${count(calls, 'call')} of GitHub's API`
}

/** A list of issues: `#3, #4 and #5`. */
export function list(numbers: readonly number[]): string {
  const texts = numbers.map(number => `#${number}`)
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}
