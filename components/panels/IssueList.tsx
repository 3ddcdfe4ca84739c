import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {useList} from '../../hooks/useList.ts'
import {useListFigures} from '../../hooks/useListFigures.ts'
import {useAges} from '../../hooks/useNow.ts'
import {figure, safeLine} from '../../src/base/text.ts'
import {errorLines} from '../../src/client/dialogs/lines.ts'
import {isReady} from '../../src/client/panels/issues.ts'
import {reasonColumn} from '../../src/client/panels/reason.ts'
import {waitsFor} from '../../src/client/panes/no-panes.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {type Line, splitLine} from '../../src/client/text/line.ts'
import type {Glyphs, Tone} from '../../src/client/text/theme.ts'
import type {TicketRow} from '../../src/protocol/daemon.ts'
import {cursorOf, type RowState} from '../elements/cursor.ts'
import {emptyIssues} from './empty.ts'
import {Panel} from './Panel.tsx'

/** The queue: what needs a person, what agents work on, what is ready, what waits. */
export function IssueList({rect}: {rect: Rect}) {
  const theme = useTheme()
  const keyName = useKeyName()
  const {rows, all, selected, focused, marked, position} = useList('issues', rect)
  const figures = useListFigures('issues')
  const ages = useAges(rows.map(row => (row.phase === 'ready' ? row.createdAt : row.since)))
  const filter = useSlice(({ui}) => ui.filters.issues)
  const header = useSlice(state => state.header)
  const link = useSlice(state => state.link)
  const hidden = useSlice(state => state.tickets.length)
  const width = rect.width - 2
  const digits = Math.max(3, ...all.map(row => String(row.number).length))
  const reasonOf = reasonColumn(all, width, theme.glyphs)
  const lines = rows.map((row, index) =>
    issueLine(
      {row, reason: reasonOf(row), since: ages[index]!, width, digits, glyphs: theme.glyphs},
      {selected: index === selected, focused, marked: marked[index] ?? false},
    ),
  )
  const ready = all.filter(isReady).length
  return (
    <Panel
      rect={rect}
      panel="issues"
      figures={[...figures, {text: header?.main == null ? '' : `${figure(ready)} ready`, tone: 'muted'}]}
      focused={focused}
      position={position}
      lines={
        all.length === 0
          ? emptyIssues({
              // Before its first look at GitHub the daemon knows of no issue.
              loading: header?.main == null ? waitsFor({header, link}) : null,
              error: link.state === 'failed' ? errorLines(link.error, width - 3) : null,
              filter,
              hidden,
              back: keyName('app.back'),
              refresh: keyName('app.refresh'),
              ready: header?.routingLabel ?? 'route:ready',
            })
          : lines
      }
    />
  )
}

type Drawn = {row: TicketRow; reason: string; since: string; width: number; digits: number; glyphs: Glyphs}

function issueLine({row, reason, since, width, digits, glyphs}: Drawn, at: RowState): Line {
  const {glyph, tone} = ticketLook(row, glyphs)
  const faded = row.phase === 'merged' || row.gate !== null
  const text: Tone = row.attention !== null ? 'attention' : faded ? 'muted' : 'text'
  const left: Line = [
    ...cursorOf(glyphs, at),
    {text: `${glyph} `, tone},
    {text: `#${row.number}`.padStart(digits + 1), tone: text},
    {text: ` ${safeLine(row.title)}`, tone: text, bold: at.selected && at.focused},
  ]
  const right: Line = [
    {text: reason, tone: row.attention !== null ? 'attention' : 'muted'},
    {text: since.padStart(4), tone: 'muted'},
  ]
  return splitLine(left, right, width)
}

function ticketLook(row: TicketRow, glyphs: Glyphs): {glyph: string; tone: Tone} {
  if (row.attention !== null) return {glyph: glyphs.attention, tone: 'attention'}
  switch (row.phase) {
    case 'merged':
      return {glyph: glyphs.done, tone: 'good'}
    case 'orphaned':
      return {glyph: glyphs.failed, tone: 'bad'}
    case 'working':
      return {glyph: glyphs.working, tone: 'working'}
    case 'claimed':
    case 'review':
      return {glyph: glyphs.starting, tone: 'working'}
    case 'blocked':
      return {glyph: glyphs.waits, tone: 'muted'}
    case 'ready':
      return readyLook(row, glyphs)
  }
}

function readyLook(row: TicketRow, glyphs: Glyphs): {glyph: string; tone: Tone} {
  if (row.foreignOwner !== null) return {glyph: glyphs.working, tone: 'muted'}
  if (row.gate?.kind === 'human') return {glyph: glyphs.human, tone: 'muted'}
  if (row.gate && ['waits', 'circle', 'blocked'].includes(row.gate.kind)) return {glyph: glyphs.waits, tone: 'muted'}
  const high = row.priority === 'high' || row.priority === 'merge' || row.priority === 'unblocker'
  return high ? {glyph: glyphs.high, tone: 'text'} : {glyph: glyphs.ready, tone: 'muted'}
}
