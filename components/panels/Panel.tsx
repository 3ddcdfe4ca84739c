import type {Panel as PanelId} from '../../src/client/panels/panel.ts'
import {PANEL_ORDER, PANELS} from '../../src/client/panels/panels.ts'
import type {Rect} from '../../src/client/state/types.ts'
import type {Line} from '../../src/client/text/line.ts'
import {Frame} from '../elements/Frame.tsx'

type PanelProps = {
  rect: Rect
  panel: PanelId
  figures?: Line
  focused: boolean
  lines: readonly Line[]
  /** The position of the selected row in a list that is longer than the panel. */
  position?: Line
}

/** A frame of the left column: `1 Issues ━━━ 14 ready`. */
export function Panel({rect, panel, figures, focused, lines, position = []}: PanelProps) {
  const title: Line = [
    {text: `${PANEL_ORDER.indexOf(panel) + 1} `, tone: focused ? 'accent' : 'muted'},
    {text: PANELS[panel].name, bold: focused},
  ]
  return <Frame rect={rect} title={title} figures={figures ?? []} focused={focused} lines={lines} foot={position} />
}
