import {count} from '../../src/base/words.ts'
import {resetLines} from '../../src/client/dialogs/reset.ts'
import {contentRect} from '../../src/client/layout/overlays.ts'
import {fitLine} from '../../src/client/text/line.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import {Lines} from '../elements/Lines.tsx'
import {Dialog, type OpenDialog} from './Dialog.tsx'

/** Asks before tickets are released, and says what becomes of their work. */
export function ResetDialog({rect, dialog}: OpenDialog<'reset'>) {
  const {width} = contentRect(rect)
  const all = [dialog, ...dialog.also]
  const agents = all.map(({agent}) => shortAgent(agent))
  return (
    <Dialog
      rect={rect}
      title={`Reset ${count(all.length, 'issue')} (${agents.join(', ')})?`}
      opener="agent.reset"
      keys={[
        ['dialog.confirm', agents.length === 1 ? 'reset it' : 'reset them'],
        ['dialog.cancel', agents.length === 1 ? 'let it work' : 'let them work'],
      ]}
    >
      <Lines lines={resetLines(dialog, width).map(line => fitLine(line, width))} />
    </Dialog>
  )
}
