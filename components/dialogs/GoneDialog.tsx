import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** The terminal that was typed into has ended: the dialog catches the keys that would become commands. */
export function GoneDialog({rect, dialog: {agent}}: OpenDialog<'gone'>) {
  const {width} = contentRect(rect)
  return (
    <Dialog rect={rect} title="The terminal is gone" keys={[['dialog.confirm', 'back to the lists']]}>
      <Lines
        lines={[
          fitLine([{text: `${agent === null ? 'the agent' : shortAgent(agent)} ended while you were typing.`}], width),
          fitLine([{text: 'Its work is kept; Events show what happened.', tone: 'muted'}], width),
        ]}
      />
    </Dialog>
  )
}
