import {useTheme} from '../../hooks/useClient.ts'
import {noticeLines} from '../../src/client/dialogs/lines.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {inAscii} from '../../src/client/text/ascii.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {position} from './DetailDialog.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** The last messages in full, newest first: what happened, what is kept, what to press. */
export function NoticesDialog({rect, dialog: {notices, top}}: OpenDialog<'notices'>) {
  const {ascii} = useTheme()
  const {width, height} = contentRect(rect)
  const lines = noticeLines(notices, width)
  const shown = lines.slice(top, top + height).map(line => fitLine(ascii ? inAscii(line) : line, width))
  return (
    <Dialog
      rect={rect}
      title="Messages"
      opener="app.notices"
      figures={position(top, height, lines.length)}
      keys={[['dialog.cancel', 'close']]}
    >
      <Lines lines={shown} />
    </Dialog>
  )
}
