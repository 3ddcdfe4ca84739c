import {ClambakeError} from '../../base/errors.ts'
import type {McpSession} from '../../mcp/session.ts'
import {sentText} from '../../model/data/message.ts'
import type {CommandContext} from '../context.ts'
import {sendMessage} from '../send-message.ts'
import {authorOf} from './author.ts'
import {HubOff} from './hub-off.ts'
import {findSelf, joinSelf} from './self.ts'

/** Opens the hub for one call of the client whose process started this program; it is registered when a tool needs that. */
export async function openOwnSession(context: CommandContext): Promise<McpSession & AsyncDisposable> {
  const hub = await context.openHub().catch(sayOff)
  return {
    hub,
    clock: context.clock,
    async self() {
      const known = await findSelf(hub)
      return known !== null && (await hub.beat(known.id)) ? known : joinSelf(context, hub)
    },
    author: async () => (await authorOf(context, hub)).author,
    ticket: async () => null,
    async sendToAgent(message) {
      const {messages} = await sendMessage(message, context)
      return messages.map(one => `${sentText(one)}.`).join('\n')
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}

/** A command that finds the hub off is silent, but a model that calls a tool waits for an answer. */
function sayOff(error: unknown): never {
  if (!(error instanceof HubOff)) throw error
  throw new ClambakeError({
    code: 'hub-unavailable',
    message: `a person turned the hub off ${error.by === 'project' ? 'in this repository' : 'for all projects'}`,
    next: 'work on without it and do not try again; your person turns it on by clambake on',
  })
}
