import {useKeymap, useSlice, useTheme} from '../../hooks/useClient.ts'
import {fit as fitText, safeLine} from '../../src/base/text.ts'
import {showChord} from '../../src/client/keys/chords.ts'
import {type PaletteRow, paletteRows} from '../../src/client/keys/palette.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {windowTop} from '../../src/client/panels/lists.ts'
import {fitLine, type Line, splitLine} from '../../src/client/text/line.ts'
import type {Theme} from '../../src/client/text/theme.ts'
import {cursorOf} from '../elements/cursor.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

const KEY_WIDTH = 6

/** Finds a command by its words; with its key, and why it cannot be done now. */
export function PaletteDialog({rect, dialog: {text, index}}: OpenDialog<'palette'>) {
  const theme = useTheme()
  const keymap = useKeymap()
  const state = useSlice(whole => whole)
  const {width, height} = contentRect(rect)
  const rows = paletteRows(keymap.commands, state, text)
  const room = Math.max(1, height - 2)
  const top = windowTop({top: 0, index, height: room, length: rows.length})
  const found = rows
    .slice(top, top + room)
    .map((row, line) => splitLine(...rowParts(row, top + line === index, theme), width))
  return (
    <Dialog
      rect={rect}
      title="Commands"
      opener="app.palette"
      keys={[
        ['dialog.confirm', 'do it'],
        ['text.down', 'down'],
        ['text.up', 'up'],
        ['dialog.cancel', 'close'],
      ]}
    >
      <Lines
        lines={[
          fitLine([{text: ': ', tone: 'accent'}, {text: safeLine(text)}, {text: ' ', inverse: true}], width),
          fitLine([], width),
          ...(found.length > 0 ? found : [fitLine([{text: 'no command fits these letters', tone: 'muted'}], width)]),
        ]}
      />
    </Dialog>
  )
}

function rowParts({bound, disabled}: PaletteRow, selected: boolean, theme: Theme): [left: Line, right: Line] {
  const chord = bound.keys[0]
  return [
    [
      ...cursorOf(theme.glyphs, {selected, focused: true, marked: false}),
      {text: fitText(chord === undefined ? '' : showChord(chord, theme), KEY_WIDTH), tone: 'accent'},
      {text: bound.help, tone: disabled === null ? 'text' : 'muted', bold: selected},
    ],
    [{text: disabled === null ? bound.command : safeLine(disabled), tone: 'muted'}],
  ]
}
