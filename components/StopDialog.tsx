import {stopLines} from '../src/client/dialog-lines.ts'
import {fitLine} from '../src/client/line.ts'
import {contentRect} from '../src/client/overlays.ts'
import type {Dialog as OpenDialog} from '../src/client/state.ts'
import type {Rect} from '../src/client/types.ts'
import {shortAgent} from '../src/model/data/ids.ts'
import {Dialog} from './Dialog.tsx'
import {Lines} from './Lines.tsx'

/** Asks before an agent's process is ended, and says what becomes of its work. */
export function StopDialog({rect, dialog}: {rect: Rect; dialog: Extract<OpenDialog, {kind: 'stop'}>}) {
  const {width} = contentRect(rect)
  return (
    <Dialog
      rect={rect}
      title={`Stop ${shortAgent(dialog.agent)}?`}
      opener="agent.stop"
      keys={[
        ['dialog.confirm', 'stop it'],
        ['dialog.cancel', 'let it work'],
      ]}
    >
      <Lines lines={stopLines(dialog, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
