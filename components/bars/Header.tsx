import {useSlice, useTheme} from '../../hooks/useClient.ts'
import {useAge, useCountdown} from '../../hooks/useNow.ts'
import {figure, safeLine} from '../../src/base/text.ts'
import {shortSha} from '../../src/base/words.ts'
import {needsOf} from '../../src/client/fleet/needs-you.ts'
import type {LinkState} from '../../src/client/state/state.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {money} from '../../src/client/text/format.ts'
import {cutLine, type Line, lineWidth, splitLine} from '../../src/client/text/line.ts'
import type {Theme} from '../../src/client/text/theme.ts'
import {AGENT_STATES} from '../../src/model/agent/states.ts'
import {tighterQuota} from '../../src/model/spending/api-budget.ts'
import type {AgentRow, HeaderState, HeldRow} from '../../src/protocol/daemon.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** A part of the header; when there is no room for all, those with the highest number go first. */
type Part = {
  side: 'left' | 'right'
  drop: number
  line: Line
  /** It is cut to the room that is left rather than dropped. */
  cut?: boolean
}

/** Less of a sentence than this says nothing. */
const LEAST_CUT = 16

/** Repository, main, agents by state, next train, API budget, cost today; what is wrong, in front of all that. */
export function Header({rect, compact}: {rect: Rect; compact: boolean}) {
  const theme = useTheme()
  const header = useSlice(state => state.header)
  const agents = useSlice(state => state.agents)
  // As many as `!` goes to: issues too that wait for a person while no agent holds them.
  const needs = useSlice(state => needsOf(state).length)
  const link = useSlice(state => state.link)
  const away = useAge(link.state === 'connected' ? 0 : link.since)
  const held = useSlice(state => state.hub.blockers)
  const heldFor = useAge(held[0]?.at ?? 0)
  const train = useCountdown(header?.nextTrain ?? null)
  const parts = [
    {side: 'left', drop: 0, line: [{text: 'clambake', tone: 'accent', bold: true}]} satisfies Part,
    ...linkParts(link, away, theme),
    ...(header ? headerParts({header, agents, needs, train, theme, compact}) : []),
    ...heldParts(held, {age: heldFor, theme, compact}),
  ]
  return (
    <Place rect={rect}>
      <Lines lines={[arrange(parts, rect.width)]} />
    </Place>
  )
}

function linkParts(link: LinkState, away: string, {glyphs}: Theme): Part[] {
  if (link.state === 'connected') return []
  if (link.state === 'failed') {
    return [{side: 'right', drop: 1, line: [{text: `${glyphs.failed} cannot be opened`, tone: 'bad'}]}]
  }
  const word = link.state === 'connecting' ? 'starting the daemon' : 'daemon away, agents keep running'
  return [{side: 'right', drop: 1, line: [{text: `${glyphs.starting} ${word} ${away}`, tone: 'attention'}]}]
}

function headerParts(drawn: {
  header: HeaderState
  agents: readonly AgentRow[]
  needs: number
  /** Time until it leaves. */
  train: string | null
  theme: Theme
  compact: boolean
}): Part[] {
  const {header, agents, needs, train, theme, compact} = drawn
  const {glyphs} = theme
  const tally = (glyph: string, amount: number, word: string) =>
    compact ? `${glyph}${amount}` : `${glyph} ${amount} ${word}`
  const free = agents.filter(row => AGENT_STATES[row.state].free).length
  const limited = agents.filter(row => row.state === 'limited').length
  const working = agents.filter(row => AGENT_STATES[row.state].busy).length
  const gap = compact ? ' ' : '  '
  const aboard = compact ? ` ${glyphs.aboard}${header.aboard}` : ` ${glyphs.ready} ${header.aboard} aboard`
  const {stage, paused} = header.train
  const trouble = header.halted ?? (paused === null ? header.troubles[0] : `train paused: ${paused}`)
  const next = `train ${train ?? 'when ready'}${aboard}`
  const running = compact
    ? `train ${glyphs.starting}${header.train.aboard.length}`
    : `train ${stage} ${header.train.aboard.length}, ${header.aboard} wait`
  const parts: Part[] = [
    {side: 'left', drop: 2, line: [{text: safeLine(header.repository), bold: true}]},
    {
      side: compact ? 'right' : 'left',
      drop: 1,
      line: [
        {text: tally(glyphs.working, working, 'working'), tone: working > 0 ? 'working' : 'muted'},
        {
          text: gap + tally(glyphs.attention, needs, needs === 1 ? 'needs you' : 'need you'),
          tone: needs > 0 ? 'attention' : 'muted',
        },
        ...(limited > 0 ? [{text: gap + tally(glyphs.limited, limited, 'limited'), tone: 'muted' as const}] : []),
        {text: gap + tally(glyphs.free, free, 'free'), tone: 'muted'},
      ],
    },
    {side: 'right', drop: 4, line: [stage === null ? {text: next, tone: 'muted'} : {text: running, tone: 'working'}]},
  ]
  if (header.main !== null && !compact) {
    parts.splice(1, 0, {
      side: 'left',
      drop: 6,
      line: [{text: `main ${shortSha(safeLine(header.main))}`, tone: 'muted'}],
    })
  }
  if (header.readOnly) parts.push({side: 'left', drop: 3, line: [{text: 'read-only', tone: 'accent'}]})
  if (trouble !== undefined) {
    parts.push({
      side: 'right',
      drop: 2,
      line: [{text: `${glyphs.failed} ${safeLine(trouble)}`, tone: 'bad'}],
      cut: true,
    })
  }
  if (header.api !== null && !compact) {
    const {remaining} = tighterQuota(header.api)
    parts.push({side: 'right', drop: 7, line: [{text: `api ${figure(remaining)}`, tone: 'muted'}]})
  }
  if (header.costToday !== null) parts.push({side: 'right', drop: 3, line: [{text: money(header.costToday)}]})
  return parts
}

/** The blockers that hold: how many, and the oldest. It gives way to what says how the work is. */
function heldParts(held: readonly HeldRow[], drawn: {age: string; theme: Theme; compact: boolean}): Part[] {
  const [first, ...more] = held
  if (!first) return []
  const {age, theme, compact} = drawn
  const by = compact ? '' : ` by ${first.from}`
  const count = more.length === 0 ? '' : `${held.length} `
  const text = `${theme.glyphs.waits} ${count}${compact ? '' : 'held: '}${first.resource}${by} ${age}`
  return [{side: 'right', drop: 5, line: [{text, tone: 'attention'}], cut: true}]
}

/** One line of the parts that have room, one space in from both edges. */
function arrange(parts: readonly Part[], width: number): Line {
  const kept = [...parts]
  for (;;) {
    const left = joined(kept, 'left')
    const right = joined(kept, 'right')
    const missing = lineWidth(left) + lineWidth(right) + 3 - width
    if (missing <= 0 || kept.length <= 1) return splitLine([{text: ' '}, ...left], [...right, {text: ' '}], width)
    const last = kept.reduce((worst, part, index) => (part.drop >= kept[worst]!.drop ? index : worst), 0)
    const {cut, line, ...part} = kept[last]!
    const room = lineWidth(line) - missing
    if (cut && room >= LEAST_CUT) kept[last] = {...part, line: cutLine(line, room)}
    else kept.splice(last, 1)
  }
}

function joined(parts: readonly Part[], side: Part['side']): Line {
  return parts
    .filter(part => part.side === side)
    .flatMap((part, index): Line => (index === 0 ? part.line : [{text: side === 'left' ? '  ' : '   '}, ...part.line]))
}
