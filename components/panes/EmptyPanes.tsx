import {useKeyName, useSlice} from '../../hooks/useClient.ts'
import {count} from '../../src/base/words.ts'
import {isReady} from '../../src/client/panels/issues.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {fitLine, type Line, lineWidth} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** The area of the panes while there are none: why, and what to press. */
export function EmptyPanes({rect}: {rect: Rect}) {
  const keyName = useKeyName()
  const known = useSlice(state => state.header !== null)
  const failed = useSlice(({link}) => link.state === 'failed')
  const ready = useSlice(state => state.lists.issues.filter(isReady).length)
  const covered = useSlice(({ui}) => ui.dialogs.length > 0)
  const starting = useSlice(state => state.agents.filter(({ticket}) => ticket !== null).length)
  const free = useSlice(state => state.agents.some(({ticket}) => ticket === null))
  const lines: Line[] = known
    ? [
        [{text: starting > 0 ? startingText(starting) : 'no agent runs'}],
        [],
        ...(ready > 0 && free
          ? [
              key(keyName('queue.pop'), 'claims the next of', ready),
              key(keyName('queue.route'), 'starts all free agents on', ready),
            ]
          : ready > 0
            ? []
            : NOTHING_READY),
        [
          {text: keyName('app.help'), tone: 'accent'},
          {text: '  shows all keys', tone: 'muted'},
        ],
      ]
    : [[{text: failed ? 'no agent can run here' : 'starting', tone: 'muted'}]]
  // A dialog above would leave some letters of it beside its frame.
  if (covered) return null
  const width = Math.max(...lines.map(lineWidth))
  const indent = Math.max(0, Math.floor((rect.width - width) / 2))
  const above = Math.max(0, Math.floor((rect.height - lines.length) / 2))
  return (
    <Place rect={{row: rect.row + above, col: rect.col, width: rect.width, height: lines.length}}>
      <Lines lines={lines.map(line => fitLine([{text: ' '.repeat(indent)}, ...line], rect.width))} />
    </Place>
  )
}

function startingText(count: number): string {
  return count === 1 ? 'an agent is starting' : `${count} agents are starting`
}

const NOTHING_READY: Line[] = [
  [{text: 'no issue is ready', tone: 'muted'}],
  [{text: 'label one route:ready: gh issue edit NUMBER --add-label route:ready', tone: 'muted'}],
]

function key(name: string, does: string, ready: number): Line {
  return [
    {text: name, tone: 'accent'},
    {text: `  ${does} ${count(ready, 'ready issue')}`, tone: 'muted'},
  ]
}
