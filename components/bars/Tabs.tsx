import {useSlice, useTheme} from '../../hooks/useClient.ts'
import {isShown, tabLine} from '../../src/client/layout/tabs.ts'
import {agentLook} from '../../src/client/panes/agent-look.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {type Line, splitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'

/** On small terminals: the panels at the left, the agents at the right, the shown one in reverse. */
export function Tabs({rect}: {rect: Rect}) {
  const {glyphs} = useTheme()
  const agents = useSlice(state => state.agents)
  const focus = useSlice(state => state.ui.focus)
  const tabs = tabLine({agents, focus, cols: rect.width})
  const left: Line = tabs.panels.flatMap((tab): Line => {
    const shown = isShown(tab, focus)
    return [{text: tab.label, tone: shown ? 'accent' : 'muted', ...(shown ? {bold: true, inverse: true} : {})}]
  })
  const right: Line = tabs.agents.flatMap((tab): Line => {
    if (!tab.agent) return []
    const {glyph, tone} = agentLook(tab.agent, glyphs)
    if (isShown(tab, focus)) {
      const look = {tone: tone === 'attention' ? tone : ('accent' as const), bold: true, inverse: true}
      return [{text: `${tab.label}${glyph} `, ...look}]
    }
    return [
      {text: tab.label, tone: tone === 'attention' ? tone : 'muted'},
      {text: `${glyph} `, tone},
    ]
  })
  return (
    <Place rect={rect}>
      <Lines lines={[splitLine(left, right, rect.width)]} />
    </Place>
  )
}
