import {useSlice} from '../hooks/useClient.ts'
import {fitLine} from '../src/client/line.ts'
import {contentRect} from '../src/client/overlays.ts'
import type {Rect} from '../src/client/types.ts'
import {type AgentId, shortAgent} from '../src/model/data/ids.ts'
import {Dialog} from './Dialog.tsx'
import {fieldLine} from './fieldLine.ts'
import {Lines} from './Lines.tsx'

/** One line to an agent, which reads it at the end of its turn. */
export function MessageDialog({rect, to, text}: {rect: Rect; to: AgentId; text: string}) {
  const {width} = contentRect(rect)
  const busy = useSlice(state => state.agents.find(({agent}) => agent === to)?.state === 'working')
  return (
    <Dialog
      rect={rect}
      title={`Tell ${shortAgent(to)}`}
      opener="agent.message"
      keys={[
        ['dialog.confirm', busy ? 'send; it is read at the end of its turn' : 'send'],
        ['dialog.cancel', 'say nothing'],
      ]}
    >
      <Lines lines={[fitLine(fieldLine('> ', text, width), width)]} />
    </Dialog>
  )
}
