import {safeLine} from '../../../src/base/text.ts'
import {QUOTED} from '../../../src/client/dialogs/review/comment.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {windowTop} from '../../../src/client/panels/lists.ts'
import {editorLines} from '../../../src/client/text/editor.ts'
import {fitLine, type Line} from '../../../src/client/text/line.ts'
import {placeOf} from '../../../src/model/review/comments.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type OpenDialog} from '../Dialog.tsx'

/** The lines that a comment is about, and the words as they are typed. */
export function CommentDialog({rect, dialog: {comment, text, caret}}: OpenDialog<'comment'>) {
  const {width, height} = contentRect(rect)
  const over = comment.quote.length - QUOTED
  const quote = comment.quote.slice(0, over > 0 ? QUOTED - 1 : QUOTED).map(
    (line): Line => [
      {text: '│ ', tone: 'edge'},
      {text: line.replaceAll('\t', '    '), tone: 'muted'},
    ],
  )
  const above = [...quote, ...(over > 0 ? [[{text: `│ and ${over + 1} more lines`, tone: 'muted'} as const]] : []), []]
  const room = Math.max(1, height - above.length)
  const {lines, row} = editorLines(text, caret, width - 1)
  const top = windowTop({top: 0, index: row, height: room, length: lines.length})
  return (
    <Dialog
      rect={rect}
      title={`Comment on ${safeLine(placeOf(comment))}`}
      figures={text.trim() === '' ? '' : 'kept as you type'}
      keys={[
        ['editor.line', 'new line'],
        ['editor.done', text.trim() === '' ? 'no comment' : 'done, kept with the others'],
      ]}
    >
      <Lines lines={[...above, ...lines.slice(top, top + room)].map(line => fitLine(line, width))} />
    </Dialog>
  )
}
