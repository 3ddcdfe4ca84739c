import {useKeyName, useSlice, useTheme} from '../../hooks/useClient.ts'
import {TOAST_TONES, toastLine} from '../../src/client/dialogs/lines.ts'
import type {Toast} from '../../src/client/state/types.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {type Line, lineWidth, splitLine} from '../../src/client/text/line.ts'
import type {Glyphs} from '../../src/client/text/theme.ts'
import {Lines} from '../elements/Lines.tsx'

/** The newest message in the place of the keys, so that it covers nothing; `keys`: those that matter meanwhile. */
export function ToastLine({toast, width, keys}: {toast: Toast; width: number; keys: Line}) {
  const {glyphs, ascii} = useTheme()
  const keyName = useKeyName()
  const more = useSlice(({ui}) => ui.toasts.length - 1)
  const said = toastLine(toast, glyphs.ready)
  const line: Line = [
    {text: ` ${glyphOf(toast, glyphs)} `, tone: TOAST_TONES[toast.level]},
    ...(ascii ? inAscii(said) : said),
  ]
  const others: Line = more > 0 ? [{text: ` +${more}`, tone: 'muted'}] : []
  const isCut = lineWidth(line) > width - lineWidth([...others, ...keys]) - 1
  const all: Line = isCut || more > 0 ? [{text: ` ${keyName('app.notices')}`, tone: 'accent'}, {text: ' all '}] : []
  return <Lines lines={[splitLine(line, [...others, ...all, ...keys], width)]} />
}

function glyphOf({level}: Toast, glyphs: Glyphs): string {
  return level === 'error' ? glyphs.failed : level === 'warning' ? glyphs.attention : glyphs.done
}
