import {z} from 'zod'
import {count, shortSha} from '../../base/words.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName} from '../inputs.ts'

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
    `#${ticket} is bottled: ${count(commits, 'commit')}, pushed as ${shortSha(head)}\nland it: clambake land`,
})
