import {z} from 'zod'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName} from '../inputs.ts'
import {count} from '../output/text.ts'

export const bottle = defineCommand({
  name: 'bottle',
  summary: "finish an agent's ticket by hand: check its commits, push them, free the agent",
  args: [agentArgument],
  schema: z.object({agent: agentName}),
  examples: [['clambake bottle agent001', 'agent001 is done, but did not say so']],
  async run({agent}, context) {
    const daemon = await context.daemon()
    return daemon.call('bottle', {agent}, {timeoutMs: null})
  },
  text: ({ticket, head, commits}) =>
    `#${ticket} is bottled: ${count(commits, 'commit')}, pushed as ${head.slice(0, 7)}\nland it: clambake land`,
})
