import {safeLine} from '../../base/text.ts'
import type {CommandContext} from '../commands/binding.ts'
import {agentInFocus} from '../commands/in-focus.ts'
import {needsPerson} from '../panes/panes.ts'
import {closeDialog, openDialog} from '../state/update.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {sendMessage} from './message.ts'

/** Lines of a terminal that show what its program wants. */
const TERMINAL_LINES = 12

/** The end of an agent's terminal, and one line to answer with. */
export const PEEK: DialogSpec<DialogOf<'peek'>> = {
  context: 'text',
  height: TERMINAL_LINES + 1,
  edited: (dialog, change) => ({...dialog, text: change(dialog.text)}),
  confirm(context, dialog) {
    context.store.apply(closeDialog)
    send(context, dialog)
  },
}

export function openPeek({store}: CommandContext): void {
  const row = agentInFocus(store.getState())
  if (row?.pane != null)
    store.apply(openDialog({kind: 'peek', agent: row.agent, pane: row.pane, text: '', ticket: row.ticket}))
}

/** While the agent waits for an answer, types the line into its terminal; else sends it as a message. */
function send(context: CommandContext, {agent, pane, text, ticket}: DialogOf<'peek'>): void {
  const {store, operations, type} = context
  const {agents, header} = store.getState()
  const said = safeLine(text)
  const row = agents.find(candidate => candidate.agent === agent)
  if (header?.readOnly) operations.notify({level: 'warning', text: 'this is a read-only screen'})
  else if (row && needsPerson(row)) type(pane, `${said}\r`)
  else if (said !== '') void sendMessage(context, agent, said, ticket)
}
