import {count} from '../../src/base/words.ts'
import {claimLines} from '../../src/client/dialogs/simple.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** Asks before agents start on several issues. */
export function ClaimDialog({rect, dialog}: OpenDialog<'claim'>) {
  const {width} = contentRect(rect)
  return (
    <Dialog
      rect={rect}
      title={`Start agents on ${count(dialog.issues.length, 'issue')}?`}
      opener="queue.pop-selected"
      keys={[
        ['dialog.confirm', 'start them'],
        ['dialog.cancel', 'not now'],
      ]}
    >
      <Lines lines={claimLines(dialog, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
