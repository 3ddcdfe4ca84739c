import {useSlice, useTheme} from '../../hooks/useClient.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {type AgentId, shortAgent} from '../../src/model/data/ids.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/**
 * A cell of the panes' grid without a terminal: its agent starts, or left it, and it stays free for the next one, so that
 * the others keep theirs.
 */
export function FreeCell({rect, agent}: {rect: Rect; agent: AgentId | null}) {
  const {glyphs} = useTheme()
  // A dialog above would leave some letters of it beside its frame.
  const covered = useSlice(({ui}) => ui.dialogs.length > 0)
  const ticket = useSlice(({agents}) => agents.find(row => row.agent === agent)?.ticket ?? null)
  const text =
    agent === null
      ? `${glyphs.free} free`
      : `${glyphs.starting} ${shortAgent(agent)}${ticket === null ? '' : ` #${ticket}`} starts`
  if (covered || rect.width < text.length) return null
  const indent = ' '.repeat(Math.floor((rect.width - text.length) / 2))
  return (
    <Place rect={{...rect, row: rect.row + Math.floor(rect.height / 2), height: 1}}>
      <Lines lines={[fitLine([{text: indent + text, tone: 'muted'}], rect.width)]} />
    </Place>
  )
}
