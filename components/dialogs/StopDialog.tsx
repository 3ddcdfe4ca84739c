import {stopLines} from '../../src/client/dialogs/stop.ts'
import {shortAgent} from '../../src/model/data/ids.ts'
import type {OpenDialog} from './Dialog.tsx'
import {EndingDialog} from './EndingDialog.tsx'

/** Asks before an agent's process is ended, and says what becomes of its work. */
export function StopDialog({rect, dialog}: OpenDialog<'stop'>) {
  const agents = [dialog, ...(dialog.also ?? [])].map(({agent}) => shortAgent(agent))
  return (
    <EndingDialog
      rect={rect}
      title={`Stop ${agents.join(', ')}?`}
      opener="agent.stop"
      verb="stop"
      agents={agents.length}
      lines={width => stopLines(dialog, width)}
    />
  )
}
