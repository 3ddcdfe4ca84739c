import {safeLine, textWidth} from '../../base/text.ts'
import {type AgentId, shortAgent} from '../../model/data/ids.ts'
import {meantBy, type SlotMeant} from '../../model/hub/meant.ts'
import type {CommandContext} from '../commands/binding.ts'
import {agentsMeant} from '../commands/in-focus.ts'
import {letterLeft, openLetter} from '../state/letters.ts'
import {closeDialog, marksCleared} from '../state/update.ts'
import type {DialogOf, DialogSpec} from './dialog-spec.ts'
import {putBack} from './put-back.ts'

/** More than these lines show their end alone. */
const MOST_LINES = 10

/** One line to an agent, which reads it at the end of its turn. */
export const MESSAGE: DialogSpec<DialogOf<'message'>> = {
  context: 'text',
  height: ({text}, width) => Math.min(MOST_LINES, 1 + Math.floor(textWidth(safeLine(text)) / (width - 2))),
  edited: (dialog, change) => ({...dialog, text: change(dialog.text)}),
  cancel: ({store}, dialog) => store.apply(letterLeft(dialog)),
  confirm(context, dialog) {
    context.store.apply(closeDialog)
    if (safeLine(dialog.text) === '') return
    context.store.apply(marksCleared('issues'))
    void sendToAll(context, dialog)
  },
}

/** Sends the message to each of its agents; for those that do not get it, it is put back. */
async function sendToAll(context: CommandContext, dialog: DialogOf<'message'>): Promise<void> {
  const {to, text, also = [], meant = {}} = dialog
  const all = [to, ...also]
  const sent = await Promise.all(all.map(agent => sendMessage(context, agent, safeLine(text), meant[agent])))
  const [first, ...others] = all.filter((_agent, index) => !sent[index])
  if (first) putBack(context, {...dialog, to: first, also: others})
}

export function openMessage({store}: CommandContext): void {
  const rows = agentsMeant(store.getState())
  const [first, ...others] = rows.map(({agent}) => agent)
  const meant = Object.fromEntries(rows.map(row => [row.agent, meantBy(row).meant]))
  if (first) store.apply(openLetter({kind: 'message', to: first, text: '', also: others, meant}))
}

/**
 * Sends a line to an agent; false: it was refused. `meant`: what the agent worked on as the message was begun; one that has
 * other work by now does not get it.
 */
export async function sendMessage(
  {operations}: CommandContext,
  to: AgentId,
  text: string,
  meant?: SlotMeant,
): Promise<boolean> {
  const name = shortAgent(to)
  const sent = await operations.ask(`telling ${name}`, daemon => daemon.call('send', {to, text, ...(meant && {meant})}))
  if (!sent) return false
  const isThere = sent.messages.every(({deliveredAt}) => deliveredAt !== null)
  operations.notify({
    level: 'info',
    text: isThere ? `${name} has it` : `${name} reads it at the end of its turn`,
  })
  return true
}
