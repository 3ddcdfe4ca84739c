import {useKeyName, useSlice} from '../../hooks/useClient.ts'
import {LONG_WAIT_MS, useAge, useIsLonger} from '../../hooks/useNow.ts'
import {useSpinner} from '../../hooks/useSpinner.ts'
import {noPanes} from '../../src/client/panes/no-panes.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {fitLine, type Line, lineWidth} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** The area of the panes while there are none: why, and what to press. */
export function EmptyPanes({rect}: {rect: Rect}) {
  const keyName = useKeyName()
  // As text, so that it is drawn again only when it says something else.
  const said = JSON.parse(useSlice(state => JSON.stringify(noPanes(state, keyName)))) as ReturnType<typeof noPanes>
  const covered = useSlice(({ui}) => ui.dialogs.length > 0)
  // A dialog above would leave some letters of it beside its frame.
  if (covered) return null
  return 'waitsFor' in said ? <Waiting rect={rect} text={said.waitsFor} /> : <Centered rect={rect} lines={said.lines} />
}

/** What is waited for, since the screen began, and after a while how to leave it. */
function Waiting({rect, text}: {rect: Rect; text: string}) {
  const spinner = useSpinner()
  const keyName = useKeyName()
  const since = useSlice(state => state.startedAt)
  const waited = useAge(since)
  const isLong = useIsLonger(since, LONG_WAIT_MS)
  const lines: Line[] = [
    [{text: `${spinner} `, tone: 'working'}, {text}, {text: ` ${waited}`, tone: 'muted'}],
    ...(isLong
      ? [
          [],
          [
            {text: keyName('app.quit'), tone: 'accent' as const},
            {text: '  leaves; it continues, and agents keep running', tone: 'muted' as const},
          ],
        ]
      : []),
  ]
  return <Centered rect={rect} lines={lines} />
}

function Centered({rect, lines}: {rect: Rect; lines: readonly Line[]}) {
  const width = Math.max(...lines.map(lineWidth))
  const indent = Math.max(0, Math.floor((rect.width - width) / 2))
  const above = Math.max(0, Math.floor((rect.height - lines.length) / 2))
  return (
    <Place rect={{row: rect.row + above, col: rect.col, width: rect.width, height: lines.length}}>
      <Lines lines={lines.map(line => fitLine([{text: ' '.repeat(indent)}, ...line], rect.width))} />
    </Place>
  )
}
