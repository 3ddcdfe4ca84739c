import {count} from '../../src/base/words.ts'
import {resetLines} from '../../src/client/dialogs/reset.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import type {OpenDialog} from './Dialog.tsx'
import {EndingDialog} from './EndingDialog.tsx'

/** Asks before tickets are released, and says what becomes of their work. */
export function ResetDialog({rect, dialog}: OpenDialog<'reset'>) {
  const agents = [dialog, ...dialog.also].map(({agent}) => shortAgent(agent))
  return (
    <EndingDialog
      rect={rect}
      title={`Reset ${count(agents.length, 'issue')} (${agents.join(', ')})?`}
      opener="agent.reset"
      verb="reset"
      agents={agents.length}
      lines={width => resetLines(dialog, width)}
    />
  )
}
