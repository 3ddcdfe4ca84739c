import {safeLine, textWidth} from '../../base/text.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import type {CommandContext} from '../commands/binding.ts'
import {agentsMeant} from '../commands/in-focus.ts'
import {closeDialog, marksCleared, openDialog} from '../state/update.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'

/** One line to an agent, which reads it at the end of its turn. */
export const MESSAGE: DialogSpec<DialogOf<'message'>> = {
  context: 'text',
  height: ({text}, width) => 1 + Math.floor(textWidth(text) / width),
  edited: (dialog, change) => ({...dialog, text: change(dialog.text)}),
  confirm(context, {to, text, also = [], tickets = {}}) {
    context.store.apply(closeDialog)
    const said = safeLine(text)
    if (said === '') return
    context.store.apply(marksCleared('issues'))
    for (const agent of [to, ...also]) void sendMessage(context, agent, said, tickets[agent])
  },
}

export function openMessage({store}: CommandContext): void {
  const rows = agentsMeant(store.getState())
  const [first, ...others] = rows.map(({agent}) => agent)
  const tickets = Object.fromEntries(rows.map(({agent, ticket}) => [agent, ticket]))
  if (first) store.apply(openDialog({kind: 'message', to: first, text: '', also: others, tickets}))
}

/** `ticket`: what the agent worked on as the message was begun; one that has another by now does not get it. */
export async function sendMessage(
  {operations}: CommandContext,
  to: AgentId,
  text: string,
  ticket?: number | null,
): Promise<void> {
  const name = shortAgent(to)
  const sent = await operations.ask(`telling ${name}`, daemon =>
    daemon.call('send', {to, text, ...(ticket != null && {ticket})}),
  )
  if (!sent) return
  const isThere = sent.messages.every(({deliveredAt}) => deliveredAt !== null)
  operations.notify({
    level: 'info',
    text: isThere ? `${name} has it` : `${name} reads it at the end of its turn`,
  })
}
