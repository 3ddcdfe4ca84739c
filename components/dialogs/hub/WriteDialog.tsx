import {useSlice, useTheme} from '../../../hooks/useClient.ts'
import {figure, safeLine} from '../../../src/base/text.ts'
import {addressName, sizeOf} from '../../../src/client/dialogs/hub/write.ts'
import {kindLook} from '../../../src/client/hub/mail-words.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {windowTop} from '../../../src/client/panels/lists.ts'
import {editorLines} from '../../../src/client/text/editor.ts'
import {fitLine, type Line} from '../../../src/client/text/line.ts'
import {MAX_MAIL_BYTES} from '../../../src/model/hub/mail.ts'
import {fieldLine} from '../../elements/fieldLine.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type DialogKeys, type OpenDialog} from '../Dialog.tsx'

/** A message to other sessions: to whom, of which kind, what it holds, its text. */
export function WriteDialog({rect, dialog}: OpenDialog<'write'>) {
  const {addresses, to, mail, text, resource, naming, answers} = dialog
  const {glyphs} = useTheme()
  const {width, height} = contentRect(rect)
  const name = useSlice(state => addressName(state, addresses[to]!))
  const {bytes, tooLong} = sizeOf(dialog)
  const {glyph, tone} = kindLook(mail, glyphs)
  const holds: Line = naming
    ? fieldLine('holds  ', resource, width)
    : [{text: 'holds  ', tone: 'muted'}, {text: safeLine(resource)}]
  const above: Line[] = [
    [
      {text: 'to     ', tone: 'muted'},
      {text: name, tone: 'accent'},
    ],
    [
      {text: 'kind   ', tone: 'muted'},
      {text: `${glyph} ${mail}`, tone},
      ...(answers === null
        ? []
        : [{text: `  answers ${answers.id}: ${safeLine(answers.text)}`, tone: 'muted' as const}]),
    ],
    mail === 'blocker' ? holds : [],
    [],
  ]
  const room = Math.max(1, height - above.length)
  // Without a caret the line is as it will be read.
  const {lines, row} = editorLines(text, naming ? -1 : text.length, width - 1)
  const top = windowTop({top: 0, index: naming ? 0 : row, height: room, length: lines.length})
  return (
    <Dialog
      rect={rect}
      title={answers === null ? 'Write to other sessions' : `Answer ${safeLine(answers.from)}`}
      figures={
        bytes < MAX_MAIL_BYTES / 2
          ? ''
          : `${figure(bytes)} of ${figure(MAX_MAIL_BYTES)} bytes${tooLong ? ': too long' : ''}`
      }
      keys={keysOf({naming, several: addresses.length > 1, done: mail === 'done'})}
    >
      <Lines lines={[...above, ...lines.slice(top, top + room)].map(line => fitLine(line, width))} />
    </Dialog>
  )
}

function keysOf({naming, several, done}: {naming: boolean; several: boolean; done: boolean}): DialogKeys {
  return [
    ['dialog.confirm', naming ? 'now the text' : 'send'],
    ...(done ? [] : ([['write.kind', 'kind']] as const)),
    ...(several ? ([['write.to', 'to another']] as const) : []),
    ['dialog.cancel', 'say nothing'],
  ]
}
