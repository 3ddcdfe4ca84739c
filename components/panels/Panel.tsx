import type {Rect} from '../../src/client/state/types.ts'
import type {Line} from '../../src/client/text/line.ts'
import {Frame} from '../elements/Frame.tsx'

export type PanelProps = {
  rect: Rect
  /** The key that focuses it. */
  digit: number
  name: string
  figures?: Line
  focused: boolean
  lines: readonly Line[]
  /** Where the selected row stands in a list that is longer than the panel. */
  position?: Line
}

/** A frame of the left column: `1 Issues ━━━ 14 ready`. */
export function Panel({rect, digit, name, figures, focused, lines, position = []}: PanelProps) {
  const title: Line = [
    {text: `${digit} `, tone: focused ? 'accent' : 'muted'},
    {text: name, bold: focused},
  ]
  return <Frame rect={rect} title={title} figures={figures ?? []} focused={focused} lines={lines} foot={position} />
}
