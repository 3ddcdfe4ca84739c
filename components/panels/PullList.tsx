import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {useList} from '../../hooks/useList.ts'
import {useListFigures} from '../../hooks/useListFigures.ts'
import {useAges} from '../../hooks/useNow.ts'
import {safeLine} from '../../src/base/text.ts'
import {visibleRows} from '../../src/client/panels/lists.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {timeOfDay} from '../../src/client/text/format.ts'
import {type Line, splitLine} from '../../src/client/text/line.ts'
import type {Glyphs, Tone} from '../../src/client/text/theme.ts'
import type {HeaderState, PullRow} from '../../src/protocol/daemon.ts'
import {cursorOf, type RowState} from '../elements/cursor.ts'
import {emptyPulls} from './empty.ts'
import {Panel} from './Panel.tsx'

/** Pull requests on their way to main, with their checks; the last line shows the train. */
export function PullList({rect}: {rect: Rect}) {
  const {glyphs} = useTheme()
  const keyName = useKeyName()
  const known = useSlice(state => state.header?.main != null)
  const {rows, all, selected, focused, marked, position} = useList('pulls', rect)
  const figures = useListFigures('pulls')
  const filter = useSlice(({ui}) => ui.filters.pulls)
  const ages = useAges(rows.map(row => row.since))
  const header = useSlice(state => state.header)
  const width = rect.width - 2
  const lines =
    all.length === 0
      ? emptyPulls(known, filter, keyName('app.back'))
      : rows.map((row, index) =>
          pullLine(
            {row, since: ages[index]!, width, glyphs},
            {selected: index === selected, focused, marked: marked[index] ?? false},
          ),
        )
  const room = visibleRows('pulls', rect)
  const blank = Array.from({length: Math.max(0, room - lines.length)}, (): Line => [])
  const train = header && room < rect.height - 2 ? [trainLine(header)] : []
  return (
    <Panel
      rect={rect}
      panel="pulls"
      figures={
        known ? [...figures, {text: `${all.filter(row => row.state === 'open').length} open`, tone: 'muted'}] : figures
      }
      focused={focused}
      position={position}
      lines={[...lines.slice(0, room), ...blank, ...train]}
    />
  )
}

function pullLine(drawn: {row: PullRow; since: string; width: number; glyphs: Glyphs}, at: RowState): Line {
  const {row, since, width, glyphs} = drawn
  const {glyph, tone, word} = pullLook(row, glyphs)
  const text: Tone = row.state === 'open' ? 'text' : 'muted'
  return splitLine(
    [
      ...cursorOf(glyphs, at),
      {text: `${glyph} `, tone},
      {text: `#${row.number}`.padStart(4), tone: text},
      {text: ` ${safeLine(row.title)}`, tone: text, bold: at.selected && at.focused},
    ],
    [
      {text: word, tone: tone === 'bad' || tone === 'attention' ? tone : 'muted'},
      {text: since.padStart(4), tone: 'muted'},
    ],
    width,
  )
}

function pullLook(row: PullRow, glyphs: Glyphs): {glyph: string; tone: Tone; word: string} {
  const {checks} = row
  if (row.state === 'merged') return {glyph: glyphs.done, tone: 'good', word: 'merged'}
  if (row.state === 'closed') return {glyph: glyphs.free, tone: 'muted', word: 'closed'}
  if (row.mergeable === 'conflict') return {glyph: glyphs.failed, tone: 'bad', word: 'conflict'}
  if (checks.state === 'failed') return {glyph: glyphs.failed, tone: 'bad', word: 'ci red'}
  if (row.attention !== null) return {glyph: glyphs.attention, tone: 'attention', word: 'needs you'}
  if (row.review === 'changes') return {glyph: glyphs.attention, tone: 'attention', word: 'changes'}
  if (row.draft) return {glyph: glyphs.free, tone: 'muted', word: 'draft'}
  if (checks.state === 'pending') {
    return {glyph: glyphs.starting, tone: 'working', word: `ci ${checks.done}/${checks.total}`}
  }
  if (row.landing) return {glyph: glyphs.starting, tone: 'working', word: 'landing'}
  if (row.review === 'requested') return {glyph: glyphs.human, tone: 'text', word: 'review'}
  if (checks.state === 'passed') return {glyph: glyphs.done, tone: 'good', word: 'ready'}
  return {glyph: glyphs.ready, tone: 'muted', word: checks.state === 'none' ? 'no ci' : ''}
}

/** The train that is under way, or else who waits for the next one. */
function trainLine({aboard, nextTrain, train, halted}: HeaderState): Line {
  if (train.stage !== null) {
    const named = train.aboard.map(ticket => `#${ticket}`).join(' ')
    // Parts are only tested of a bundle whose checks failed as a whole.
    const parts = train.pulls.length
    if (parts < 2) return [{text: `  train: ${train.stage} ${named}`, tone: 'working'}]
    return [
      {text: '  train: ', tone: 'working'},
      {text: 'red', tone: 'bad'},
      {text: `, testing ${parts} parts of ${named}`, tone: 'working'},
    ]
  }
  if (train.paused !== null) return [{text: `  train: paused, ${safeLine(train.paused)}`, tone: 'attention'}]
  const load = aboard === 0 ? 'empty' : `${aboard} aboard`
  if (halted !== null) return [{text: `  train: halted, ${load}`, tone: 'attention'}]
  // Short enough for the lists of a screen of 100 columns.
  if (nextTrain === null) return [{text: '  train: leaves when work is ready', tone: 'muted'}]
  return [{text: `  train: ${load}, leaves at ${timeOfDay(nextTrain)}`, tone: 'muted'}]
}
