import {useKeymap, useTheme} from '../../hooks/useClient.ts'
import {fit as fitText} from '../../src/base/text.ts'
import {showChord} from '../../src/client/keys/chords.ts'
import {type HelpLine, helpLines} from '../../src/client/keys/help.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine, type Line} from '../../src/client/text/line.ts'
import type {Theme} from '../../src/client/text/theme.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** Room for two chords with their modifiers. */
const KEYS_WIDTH = 14

/** All keys as they are now, made from the keymap. */
export function HelpDialog({rect, dialog: {top}}: OpenDialog<'help'>) {
  const keymap = useKeymap()
  const theme = useTheme()
  const {width, height} = contentRect(rect)
  const lines = helpLines(keymap.commands).slice(top, top + height)
  return (
    <Dialog
      rect={rect}
      title="Keys"
      opener="app.help"
      keys={[
        ['move.down', 'down'],
        ['move.up', 'up'],
        ['dialog.cancel', 'close'],
      ]}
    >
      <Lines lines={lines.map(line => fitLine(drawLine(line, theme), width))} />
    </Dialog>
  )
}

function drawLine(line: HelpLine, theme: Theme): Line {
  if (line.kind === 'heading') return [{text: line.text, bold: true}]
  const keys = line.bound.keys.map(chord => showChord(chord, theme)).join(' ')
  return [{text: fitText(`  ${keys || ':'}`, KEYS_WIDTH), tone: 'accent'}, {text: line.bound.help}]
}
