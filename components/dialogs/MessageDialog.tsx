import {useSlice} from '../../hooks/useClient.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {fieldLines} from '../elements/fieldLine.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** One line to an agent, which reads it at the end of its turn. */
export function MessageDialog({rect, dialog: {to, text, also = []}}: OpenDialog<'message'>) {
  const {width, height} = contentRect(rect)
  const busy = useSlice(state => state.agents.find(({agent}) => agent === to)?.state === 'working')
  return (
    <Dialog
      rect={rect}
      title={`Tell ${[to, ...also].map(shortAgent).join(', ')}`}
      opener="agent.message"
      keys={[
        ['dialog.confirm', busy ? 'send; it is read at the end of its turn' : 'send'],
        ['dialog.cancel', 'say nothing'],
      ]}
    >
      <Lines lines={fieldLines('> ', text, {width, height})} />
    </Dialog>
  )
}
