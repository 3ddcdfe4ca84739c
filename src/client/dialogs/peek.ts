import {safeLine} from '../../base/text.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {meantBy} from '../../model/hub/meant.ts'
import type {CommandContext} from '../commands/binding.ts'
import {agentInFocus} from '../commands/in-focus.ts'
import {askedBy, needsPerson} from '../panes/panes.ts'
import {closeDialog, openDialog} from '../state/update.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {sendMessage} from './message.ts'
import {putBack} from './put-back.ts'

/** Lines of a terminal that show what its program wants. */
const TERMINAL_LINES = 12

/** The end of an agent's terminal, and one line to answer with. */
export const PEEK: DialogSpec<DialogOf<'peek'>> = {
  context: 'text',
  height: TERMINAL_LINES + 1,
  edited: (dialog, change) => ({...dialog, text: change(dialog.text)}),
  confirm(context, dialog) {
    context.store.apply(closeDialog)
    void send(context, dialog)
  },
}

export function openPeek({store}: CommandContext): void {
  const row = agentInFocus(store.getState())
  if (row?.pane != null)
    store.apply(
      openDialog({kind: 'peek', agent: row.agent, pane: row.pane, text: '', asked: askedBy(row), ...meantBy(row)}),
    )
}

/**
 * While the agent waits for an answer, types the line into its terminal; else sends it as a message. A line that was begun for
 * something else is neither: it could allow what the person has not read. One that is refused is put back as a message, as
 * the terminal may be gone.
 */
async function send(context: CommandContext, dialog: DialogOf<'peek'>): Promise<void> {
  const {agent, pane, text, meant} = dialog
  const {store, operations, type} = context
  const {agents, header} = store.getState()
  const said = safeLine(text)
  const row = agents.find(candidate => candidate.agent === agent)
  if (header?.readOnly) operations.notify({level: 'warning', text: 'this is a read-only screen'})
  else if (askedBy(row) !== dialog.asked) {
    const what = askedBy(row) === null ? 'no longer asks what the line was for' : 'asks something else by now'
    operations.notify({level: 'warning', text: `${shortAgent(agent)} ${what}`, kept: 'the line was not sent'})
    putBack(context, {...dialog, asked: askedBy(row)})
  } else if (row && needsPerson(row)) type(pane, `${said}\r`)
  else if (said !== '' && !(await sendMessage(context, agent, said, meant)))
    putBack(context, {kind: 'message', to: agent, text, meant: meant ? {[agent]: meant} : {}})
}
