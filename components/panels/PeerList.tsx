import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {useList} from '../../hooks/useList.ts'
import {useListFigures} from '../../hooks/useListFigures.ts'
import {useMinutes} from '../../hooks/useNow.ts'
import {fit, textWidth} from '../../src/base/text.ts'
import {peerLook, shortProject} from '../../src/client/hub/peer-look.ts'
import {othersOf} from '../../src/client/panels/peers.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {type Line, type Segment, splitLine} from '../../src/client/text/line.ts'
import type {Glyphs} from '../../src/client/text/theme.ts'
import type {HubState, PeerRow} from '../../src/protocol/daemon.ts'
import {cursorOf, type RowState} from '../elements/cursor.ts'
import {emptyPeers} from './empty.ts'
import {Panel} from './Panel.tsx'

/** Widest columns of names and projects: what a session does is worth more. */
const MOST = {name: 14, project: 10} as const

/** Sessions of all projects, what they do and what they hold. */
export function PeerList({rect}: {rect: Rect}) {
  const {glyphs} = useTheme()
  const keyName = useKeyName()
  const hub = useSlice(state => state.hub)
  const {rows, all, selected, focused, marked, position} = useList('peers', rect)
  const figures = useListFigures('peers')
  const filter = useSlice(({ui}) => ui.filters.peers)
  const ages = useMinutes(rows.map(row => row.heartbeatAt))
  const wide = {
    name: widest(
      all.map(row => row.name),
      MOST.name,
    ),
    project: widest(
      all.map(row => shortProject(row.project)),
      MOST.project,
    ),
  }
  const lines = rows.map((row, index) =>
    peerLine(
      {row, seen: ages[index]!, wide, width: rect.width - 2, glyphs},
      {selected: index === selected, focused, marked: marked[index] ?? false},
    ),
  )
  return (
    <Panel
      rect={rect}
      panel="peers"
      figures={[...figures, ...hubFigures(hub)]}
      focused={focused}
      position={position}
      lines={all.length === 0 ? emptyPeers(hub.link, filter, keyName('app.back')) : lines}
    />
  )
}

/** What waits for the person, and how many other sessions there are. */
function hubFigures(hub: HubState): Line {
  const {link, unread, overdue, more} = hub
  if (link.is === 'away') return [{text: 'hub away', tone: 'bad'}]
  if (link.is !== 'here') return []
  const others = othersOf(hub).length + more
  const figures: Segment[] = [
    ...(overdue > 0 ? [{text: `${overdue} overdue`, tone: 'attention' as const}] : []),
    ...(unread > 0 ? [{text: `${unread} unread`, tone: 'accent' as const}] : []),
  ]
  // Beside what waits, which may be of sessions that have left, that there is no other one would read as one sentence.
  if (others > 0 || figures.length === 0) {
    figures.push({text: others === 0 ? 'no other session' : `${others} here`, tone: 'muted'})
  }
  return figures.map((figure, index) => (index < figures.length - 1 ? {...figure, text: `${figure.text} `} : figure))
}

type Drawn = {row: PeerRow; seen: string; wide: {name: number; project: number}; width: number; glyphs: Glyphs}

function peerLine({row, seen, wide, width, glyphs}: Drawn, at: RowState): Line {
  const {glyph, tone, word} = peerLook(row, glyphs)
  const calls = tone === 'attention'
  const text = calls ? 'attention' : row.agent !== null || row.standing === 'stale' ? 'muted' : 'text'
  const reserves = row.reserves.length === 0 ? '' : `reserves ${row.reserves[0]}`
  const said = [calls ? word : '', row.task, reserves].filter(part => part !== '').join(` ${glyphs.ready} `)
  return splitLine(
    [
      ...cursorOf(glyphs, at),
      {text: `${glyph} `, tone},
      {text: fit(row.name, wide.name), tone: text, bold: at.selected && at.focused},
      {text: ` ${fit(shortProject(row.project), wide.project)}`, tone: 'muted'},
      {text: ` ${said}`, tone: calls ? 'attention' : 'muted'},
    ],
    [{text: seen.padStart(4), tone: 'muted'}],
    width,
  )
}

function widest(texts: readonly string[], most: number): number {
  return Math.min(
    most,
    texts.reduce((wide, text) => Math.max(wide, textWidth(text)), 0),
  )
}
