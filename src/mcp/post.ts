import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js'
import {type JSONRPCMessage, JSONRPCMessageSchema} from '@modelcontextprotocol/sdk/types.js'
import {refusal, refusalsOf} from './refusal.ts'
import {createMcpServer} from './server.ts'
import type {OpenSession} from './session.ts'

/**
 * Answers one message that a client posted, as the protocol's HTTP transport wants it: the answer of a request, null for all
 * else. Nothing is kept between two posts, so a daemon that was started again answers the next one.
 */
export async function answerPost(body: unknown, open: OpenSession): Promise<JSONRPCMessage | null> {
  const parsed = JSONRPCMessageSchema.safeParse(body)
  if (!parsed.success) {
    const [answer] = Array.isArray(body) ? [] : refusalsOf(body)
    return answer ?? refusal('the post is no JSON-RPC message')
  }
  const message = parsed.data
  if (!('method' in message && 'id' in message)) return null
  const answered = Promise.withResolvers<JSONRPCMessage>()
  const transport: Transport = {
    start: async () => {},
    close: async () => {},
    // Progress and other notices have no way back.
    send: async answer => void ('method' in answer || answered.resolve(answer)),
  }
  const server = createMcpServer(open)
  await server.connect(transport)
  transport.onmessage?.(message)
  try {
    return await answered.promise
  } finally {
    await server.close()
  }
}
