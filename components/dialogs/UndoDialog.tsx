import {undoLines} from '../../src/client/dialogs/undo.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'
import {LoadedContent} from './LoadedContent.tsx'

/** The last step that put work away, to be taken back. */
export function UndoDialog({rect, dialog: {step}}: OpenDialog<'undo'>) {
  const {width} = contentRect(rect)
  const isThere = step.state === 'ready' && step.value !== null
  return (
    <Dialog
      rect={rect}
      title="Take the last step back?"
      opener="recovery.undo"
      keys={
        isThere
          ? [
              ['dialog.confirm', 'take it back'],
              ['dialog.cancel', 'leave it'],
            ]
          : [['dialog.cancel', 'close']]
      }
    >
      <LoadedContent loaded={step} waitingFor="looking at the last step" width={width}>
        {value => <Lines lines={undoLines(value, width).map(line => fitLine(line, width))} />}
      </LoadedContent>
    </Dialog>
  )
}
