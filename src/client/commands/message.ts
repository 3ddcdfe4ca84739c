import {safeLine} from '../../base/text.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {Operations} from '../connection/operations.ts'
import {needsPerson} from '../panes/panes.ts'
import type {Dialog} from '../state/dialog.ts'
import type {ClientStore} from '../state/store.ts'
import {openDialog} from '../state/update.ts'
import type {CommandId} from './bindings.ts'
import {agentInFocus} from './in-focus.ts'

export type Talk = Record<Extract<CommandId, 'agent.message' | 'agent.peek'>, () => void> & {
  /** Sends what was typed in an open dialog; the dialog is closed by then. */
  send(dialog: Extract<Dialog, {kind: 'message' | 'peek'}>): void
}

/** Words to an agent: typed into its terminal while it waits for an answer, else delivered at the end of its turn. */
export function createTalk(context: {
  store: ClientStore
  operations: Operations
  /** Bytes for the program in a pane. */
  type: (pane: PaneId, data: string) => void
}): Talk {
  const {store, operations} = context

  async function message(to: AgentId, text: string): Promise<void> {
    const name = shortAgent(to)
    const sent = await operations.ask(`telling ${name}`, daemon => daemon.call('send', {to, text}))
    if (!sent) return
    const isThere = sent.messages.every(({deliveredAt}) => deliveredAt !== null)
    operations.tell({
      level: 'info',
      text: isThere ? `${name} has it` : `${name} reads it at the end of its turn`,
    })
  }

  return {
    'agent.message': () => {
      const row = agentInFocus(store.getState())
      if (row) store.apply(openDialog({kind: 'message', to: row.agent, text: ''}))
    },
    'agent.peek': () => {
      const row = agentInFocus(store.getState())
      if (row?.pane != null) store.apply(openDialog({kind: 'peek', agent: row.agent, pane: row.pane, text: ''}))
    },
    send(dialog) {
      const text = safeLine(dialog.text)
      if (dialog.kind === 'message') {
        if (text !== '') void message(dialog.to, text)
        return
      }
      const row = store.getState().agents.find(({agent}) => agent === dialog.agent)
      if (store.getState().header?.readOnly) operations.tell({level: 'warning', text: 'this is a read-only screen'})
      else if (row && needsPerson(row)) context.type(dialog.pane, `${text}\r`)
      else if (text !== '') void message(dialog.agent, text)
    },
  }
}
