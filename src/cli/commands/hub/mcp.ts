import * as z from 'zod'
import {defineCommand} from '../../define.ts'

export const mcp = defineCommand({
  name: 'mcp',
  summary: 'serve the hub to an agent client as MCP tools, over standard input and output',
  does: 'acts',
  schema: () => z.object({}),
  examples: [
    ['claude mcp add --scope user clambake -- clambake mcp', 'Claude Code starts it with every session'],
    ['clambake mcp', 'the command that any other client starts'],
  ],
  async run(_, context) {
    const [{serveStdio}, {openOwnSession}] = await Promise.all([
      import('../../../mcp/stdio.ts'),
      import('../../hub/mcp-session.ts'),
    ])
    if (context.interactive) {
      process.stderr.write(
        'A client starts this: claude mcp add --scope user clambake -- clambake mcp. Ctrl-D ends it.\n',
      )
    }
    await serveStdio({input: process.stdin, output: process.stdout, open: () => openOwnSession(context)})
    return undefined
  },
  text: () => '',
})
