import {useSlice, useTheme} from '../../../hooks/useClient.ts'
import {safeLine} from '../../../src/base/text.ts'
import {count} from '../../../src/base/words.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {windowTop} from '../../../src/client/panels/lists.ts'
import {fitLine, type Line} from '../../../src/client/text/line.ts'
import {inOrder, placeOf} from '../../../src/model/review/comments.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type OpenDialog} from '../Dialog.tsx'

/** The comments that are not sent yet, in the order of files and lines. */
export function CommentsDialog({rect, dialog: {index}}: OpenDialog<'comments'>) {
  const {width, height} = contentRect(rect)
  const {glyphs} = useTheme()
  const draft = useSlice(({ui}) => ui.dialogs.find(dialog => dialog.kind === 'diff')?.draft ?? null)
  const comments = inOrder(draft?.comments ?? [])
  const top = windowTop({top: 0, index, height: Math.floor(height / 2), length: comments.length})
  const lines = comments.slice(top, top + Math.floor(height / 2)).flatMap((comment, at): Line[] => {
    const selected = top + at === index
    return [
      [
        selected ? {text: `${glyphs.cursor} `, tone: 'accent'} : {text: '  '},
        {text: safeLine(placeOf(comment)), tone: selected ? 'accent' : 'muted'},
        ...(comment.outdated ? [{text: ` ${glyphs.attention} has changed since`, tone: 'attention' as const}] : []),
      ],
      [{text: '    '}, {text: safeLine(comment.body), bold: selected}],
    ]
  })
  const none: Line[] = [[{text: 'no comment yet; c in the diff writes one', tone: 'muted'}]]
  return (
    <Dialog
      rect={rect}
      title={`${count(comments.length, 'comment')} not sent`}
      opener="diff.comments"
      keys={[
        ['dialog.confirm', 'go there'],
        ['diff.delete', 'delete'],
        ['dialog.cancel', 'back'],
      ]}
    >
      <Lines lines={(comments.length === 0 ? none : lines).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
