import {safeLine} from '../../../src/base/text.ts'
import {endLines} from '../../../src/client/dialogs/hub/end-mail.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {fitLine} from '../../../src/client/text/line.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type OpenDialog} from '../Dialog.tsx'

/** Asks before a blocker or a request is ended, and says what that does. */
export function EndMailDialog({rect, dialog: {mail}}: OpenDialog<'end-mail'>) {
  const {width} = contentRect(rect)
  const what = mail.resource === null ? mail.kind : `${mail.kind} of ${safeLine(mail.resource)}`
  return (
    <Dialog
      rect={rect}
      title={`End the ${what} by ${safeLine(mail.from)}?`}
      figures={`${mail.id}`}
      keys={[
        ['dialog.confirm', 'end it'],
        ['dialog.cancel', 'leave it'],
      ]}
    >
      <Lines lines={endLines(mail, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
