import {useTheme} from '../../hooks/useClient.ts'
import type {Rect} from '../../src/client/state/types.ts'
import {fitLine, type Line, titleLine} from '../../src/client/text/line.ts'
import type {Tone} from '../../src/client/text/theme.ts'
import {Lines} from './Lines.tsx'
import {Place} from './Place.tsx'

type FrameProps = {
  rect: Rect
  title: Line
  figures?: Line
  focused: boolean
  /** From the first inner row on; rows without a line are blank, lines without room are left out. null: not drawn. */
  lines: readonly Line[] | null
  tone?: Tone
  /** At the right of the bottom line. */
  foot?: Line
}

/**
 * A border with its title and figures in the top line, quiet or, with the focus, heavy and accented. One that is a single line
 * has no corners, since nothing is below it.
 */
export function Frame({rect, title, figures = [], focused, lines, tone, foot = []}: FrameProps) {
  const {glyphs} = useTheme()
  const border = focused ? glyphs.focused : glyphs.quiet
  const edge: Tone = tone ?? (focused ? 'accent' : 'edge')
  const {width, height} = rect
  const top = titleLine({
    title,
    figures,
    width,
    corners: height < 2 ? [border.top, border.top] : [border.topLeft, border.topRight],
    dash: border.top,
    tone: edge,
  })
  const bottom = titleLine({
    title: [],
    figures: foot,
    width,
    corners: [border.bottomLeft, border.bottomRight],
    dash: border.top,
    tone: edge,
  })
  const inner = {row: 1, width: Math.max(0, width - 2), height: Math.max(0, height - 2)}
  // A side is one text of many lines: a line for each row would cost Ink as much as everything between them.
  const side = [{text: new Array<string>(inner.height).fill(border.side).join('\n'), tone: edge}]
  return (
    <Place rect={rect}>
      <Lines lines={[top]} />
      <Place rect={{...inner, col: 0, width: 1}}>
        <Lines lines={[side]} />
      </Place>
      {lines === null ? null : (
        <Place rect={{...inner, col: 1}}>
          <Lines lines={Array.from({length: inner.height}, (_, row) => fitLine(lines[row] ?? [], inner.width))} />
        </Place>
      )}
      <Place rect={{...inner, col: width - 1, width: 1}}>
        <Lines lines={[side]} />
      </Place>
      {height < 2 ? null : (
        <Place rect={{row: height - 1, col: 0, width, height: 1}}>
          <Lines lines={[bottom]} />
        </Place>
      )}
    </Place>
  )
}
