import {useSlice} from '../../hooks/useClient.ts'
import {useAge} from '../../hooks/useNow.ts'
import {safeLine} from '../../src/base/text.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {needsPerson} from '../../src/client/panes/panes.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {fieldLine} from '../elements/fieldLine.ts'
import {Lines} from '../elements/Lines.tsx'
import {Place} from '../elements/Place.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** The end of an agent's terminal, live (the compositor fills it), and one line to answer with. */
export function PeekDialog({rect, dialog: {agent, text}}: OpenDialog<'peek'>) {
  const {width, height} = contentRect(rect)
  const row = useSlice(state => state.agents.find(candidate => candidate.agent === agent))
  const since = useAge(row?.since ?? 0)
  const waits = row !== undefined && needsPerson(row)
  const ticket = row?.ticket == null ? '' : ` #${row.ticket} ${safeLine(row.title ?? '')}`
  return (
    <Dialog
      rect={rect}
      title={`${shortAgent(agent)}${ticket}`}
      figures={row ? `${safeLine(row.activity)} ${since}` : ''}
      keys={[
        ['dialog.confirm', waits ? 'answer: it is typed into its terminal' : 'send: it is read at the end of its turn'],
        ['dialog.cancel', 'close'],
      ]}
    >
      <Place rect={{row: Math.max(0, height - 1), col: 0, width, height: 1}}>
        <Lines lines={[fitLine(fieldLine(`to ${shortAgent(agent)} > `, text, width), width)]} />
      </Place>
    </Dialog>
  )
}
