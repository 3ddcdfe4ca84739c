import {Server} from '@modelcontextprotocol/sdk/server/index.js'
import {CallToolRequestSchema, ListToolsRequestSchema} from '@modelcontextprotocol/sdk/types.js'
import * as z from 'zod'
import {VERSION} from '../base/version.ts'
import {callTool} from './call.ts'
import type {OpenSession} from './session.ts'
import {TOOLS} from './tools.ts'

const INSTRUCTIONS = [
  'Other sessions may work on this machine and in this repository at the same time. Call who before you restart, migrate or',
  'push something that others use; hold it with send (kind blocker) while you do, and end that with kind done. Where a text',
  'says `clambake send …`, the tool send does the same.',
].join(' ')

const LISTED = TOOLS.map(({name, description, input, readOnly}) => {
  // Every session pays for the words of this list.
  const {$schema: _, ...schema} = z.toJSONSchema(input, {io: 'output'})
  return {
    name,
    description,
    inputSchema: {...schema, type: 'object' as const},
    annotations: {readOnlyHint: readOnly, destructiveHint: false, openWorldHint: false},
  }
})

/**
 * The MCP server of one session. The SDK speaks the protocol; arguments are checked here, since its own answer to wrong ones
 * is not one that a small model can act on.
 */
export function createMcpServer(open: OpenSession): Server {
  const server = new Server(
    {name: 'clambake', version: VERSION},
    {capabilities: {tools: {}}, instructions: INSTRUCTIONS},
  )
  server.setRequestHandler(ListToolsRequestSchema, () => ({tools: LISTED}))
  server.setRequestHandler(CallToolRequestSchema, async ({params: {name, arguments: argument}}) => {
    const {text, isError} = await callTool(TOOLS, {name, argument}, open)
    return {content: [{type: 'text' as const, text}], isError}
  })
  return server
}
