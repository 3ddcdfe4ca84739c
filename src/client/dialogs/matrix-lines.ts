import {safeLine} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import type {ConflictSide, SeenConflict} from '../../model/radar/conflict.ts'
import {fitLine, type Line, splitLine} from '../text/line.ts'
import type {Glyphs} from '../text/theme.ts'

/** Columns of a side: a space and a number of two digits, so that twelve sides fit 80 columns. */
const CELL = 3
const LABEL = 8
const AGENT = 5
/** Columns of a side in the list of pairs. */
const PAIRED = 11

/**
 * Every side against main and against every other one, as a table: a row for each side, and for each a column, under its
 * row's number. Only the half below the diagonal is drawn, as a pair conflicts both ways.
 */
export function matrixLines(
  {sides, conflicts}: {sides: readonly ConflictSide[]; conflicts: readonly SeenConflict[]},
  {width, glyphs}: {width: number; glyphs: Glyphs},
): Line[] {
  const found = new Map(conflicts.map(conflict => [`${conflict.one.key}\0${conflict.other?.key ?? 'main'}`, conflict]))
  const between = (one: string, other: string) => found.get(`${one}\0${other}`) ?? found.get(`${other}\0${one}`)
  const cell = (conflict: SeenConflict | undefined): Line[number] => {
    if (conflict === undefined) return {text: glyphs.ready.padStart(CELL), tone: 'muted'}
    return conflict.committed
      ? {text: glyphs.failed.padStart(CELL), tone: 'bad', bold: true}
      : {text: glyphs.starting.padStart(CELL), tone: 'attention', bold: true}
  }
  const numbers = sides.map((_, index) => String(index + 1).padStart(CELL)).join('')
  const head: Line = [
    {text: ''.padEnd(3 + LABEL + AGENT), tone: 'muted'},
    {text: ' main', tone: 'muted'},
    {text: numbers, tone: 'muted'},
  ]
  const rows = sides.map(
    (side, row): Line => [
      {text: `${String(row + 1).padStart(2)} `, tone: 'muted'},
      ...fitLine([{text: safeLine(side.label)}], LABEL),
      {text: ` ${side.agent ? shortAgent(side.agent) : ''}`.padEnd(AGENT), tone: 'muted'},
      {text: '  '},
      cell(between(side.key, 'main')),
      ...sides.slice(0, row).map(other => cell(between(side.key, other.key))),
    ],
  )
  return [head, ...rows].map(line => fitLine(line, width))
}

/** Each pair that does not merge, with its files. */
export function pairLines(
  conflicts: readonly SeenConflict[],
  {width, glyphs, ages}: {width: number; glyphs: Glyphs; ages: readonly string[]},
): Line[] {
  const named = (side: ConflictSide | null) =>
    side === null ? 'main' : safeLine(side.agent ? `${side.label} ${shortAgent(side.agent)}` : side.label)
  return conflicts.map(({one, other, files, committed}, index) =>
    splitLine(
      [
        committed ? {text: `${glyphs.failed} `, tone: 'bad'} : {text: `${glyphs.starting} `, tone: 'attention'},
        {text: named(one).padEnd(PAIRED)},
        {text: ` ${glyphs.against} `, tone: 'muted'},
        {text: named(other).padEnd(PAIRED)},
        {text: `  ${files.map(({path}) => safeLine(path)).join(', ')}`, tone: 'muted'},
      ],
      [{text: ages[index] ?? '', tone: 'muted'}],
      width,
    ),
  )
}

/** What the marks mean. */
export function matrixLegend(glyphs: Glyphs): Line {
  return [
    {text: `${glyphs.failed} `, tone: 'bad'},
    {text: 'conflict   ', tone: 'muted'},
    {text: `${glyphs.starting} `, tone: 'attention'},
    {text: 'would conflict as the files are now   ', tone: 'muted'},
    {text: `${glyphs.ready} merges`, tone: 'muted'},
  ]
}
