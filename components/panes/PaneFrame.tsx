import {useSlice, useTheme} from '../../hooks/useClient.ts'
import {useAge} from '../../hooks/useNow.ts'
import {agentOfPane} from '../../src/client/panes/panes.ts'
import type {PaneSlot} from '../../src/client/state/types.ts'
import type {Tone} from '../../src/client/text/theme.ts'
import {Frame} from '../elements/Frame.tsx'
import {paneTitle} from './paneTitle.ts'

/** The border of an agent's pane; its inside is left blank for the compositor. */
export function PaneFrame({slot}: {slot: PaneSlot}) {
  const {glyphs} = useTheme()
  const agent = useSlice(state => agentOfPane(state.agents, slot.pane))
  const since = useAge(agent?.since ?? 0)
  const focused = useSlice(({ui}) => ui.focus.place === 'pane' && ui.focus.pane === slot.pane)
  const scrolled = useSlice(state => state.ui.scrolled[slot.pane] ?? 0)
  const attached = useSlice(({ui}) => ui.focus.place === 'pane' && ui.focus.pane === slot.pane && ui.focus.attached)
  if (!agent) return <Frame rect={slot.frame} title={[]} focused={focused} lines={null} />
  const {title, figures, tone} = paneTitle({
    agent,
    since,
    scrolled,
    attached,
    focused,
    width: slot.frame.width,
    glyphs,
  })
  const edge: Tone | undefined = !focused && tone === 'attention' ? 'attention' : undefined
  return (
    <Frame
      rect={slot.frame}
      title={title}
      figures={figures}
      focused={focused}
      lines={null}
      {...(edge ? {tone: edge} : {})}
    />
  )
}
