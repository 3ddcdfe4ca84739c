import {stopLines} from '../../src/client/dialogs/stop.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** Asks before an agent's process is ended, and says what becomes of its work. */
export function StopDialog({rect, dialog}: OpenDialog<'stop'>) {
  const {width} = contentRect(rect)
  const all = [dialog, ...(dialog.also ?? [])]
  const agents = all.map(({agent}) => shortAgent(agent))
  return (
    <Dialog
      rect={rect}
      title={`Stop ${agents.join(', ')}?`}
      opener="agent.stop"
      keys={[
        ['dialog.confirm', agents.length === 1 ? 'stop it' : 'stop them'],
        ['dialog.cancel', agents.length === 1 ? 'let it work' : 'let them work'],
      ]}
    >
      <Lines lines={stopLines(dialog, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
