import {statusLines} from '../../../src/client/dialogs/hub/memory-status.ts'
import {contentRect} from '../../../src/client/layout/overlays.ts'
import {fitLine} from '../../../src/client/text/line.ts'
import {Lines} from '../../elements/Lines.tsx'
import {Dialog, type OpenDialog} from '../Dialog.tsx'

/** Asks before the status of a memory changes. */
export function MemoryStatusDialog({rect, dialog: {memory, status}}: OpenDialog<'memory-status'>) {
  const {width} = contentRect(rect)
  return (
    <Dialog
      rect={rect}
      title={`Mark memory ${memory.ref} as ${status}?`}
      keys={[
        ['dialog.confirm', `mark it ${status}`],
        ['dialog.cancel', 'leave it'],
      ]}
    >
      <Lines lines={statusLines(memory, status, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
