import type {McpSession} from '../../mcp/session.ts'
import type {CommandContext} from '../context.ts'
import {sendMessage} from '../send-message.ts'
import {findSelf, joinSelf} from './self.ts'

/** Opens the hub for one call of the client whose process started this program; it is registered when a tool needs that. */
export async function openOwnSession(context: CommandContext): Promise<McpSession & AsyncDisposable> {
  const hub = await context.openHub()
  return {
    hub,
    clock: context.clock,
    async self() {
      const known = await findSelf(hub)
      return known !== null && (await hub.beat(known.id)) ? known : joinSelf(context, hub)
    },
    ticket: async () => null,
    async sendToAgent(message) {
      const {messages} = await sendMessage(message, context)
      return messages.map(({to, ticket}) => `${to} reads it at the end of its turn on #${ticket}.`).join('\n')
    },
    [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose](),
  }
}
