import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {useList} from '../../hooks/useList.ts'
import {useListFigures} from '../../hooks/useListFigures.ts'
import {safeLine} from '../../src/base/text.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {timeOfDay} from '../../src/client/text/format.ts'
import {fitLine, type Line} from '../../src/client/text/line.ts'
import {cursorOf} from '../elements/cursor.ts'
import {emptyEvents} from './empty.ts'
import {Panel} from './Panel.tsx'

/** What happened, newest first. */
export function EventList({rect}: {rect: Rect}) {
  const {glyphs} = useTheme()
  const keyName = useKeyName()
  const known = useSlice(state => state.header !== null)
  const {rows, all, selected, focused, marked, position} = useList('events', rect)
  const figures = useListFigures('events')
  const filter = useSlice(({ui}) => ui.filters.events)
  const lines = rows.map((row, index): Line => {
    const tone = row.severity === 'critical' ? 'bad' : row.severity === 'warning' ? 'attention' : 'text'
    return fitLine(
      [
        ...cursorOf(glyphs, {selected: index === selected, focused, marked: marked[index] ?? false}),
        {text: `${timeOfDay(row.at)}  `, tone: 'muted'},
        {text: safeLine(row.message), tone},
      ],
      rect.width - 2,
    )
  })
  return (
    <Panel
      rect={rect}
      panel="events"
      figures={figures}
      focused={focused}
      position={position}
      lines={all.length === 0 ? emptyEvents(known, filter, keyName('app.back')) : lines}
    />
  )
}
