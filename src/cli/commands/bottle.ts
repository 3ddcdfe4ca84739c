import * as z from 'zod'
import {count, shortSha} from '../../base/words.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName} from '../inputs.ts'
import {agentHere} from '../which-agent.ts'

export const bottle = defineCommand({
  name: 'bottle',
  summary: "finish an agent's ticket by hand: check its commits, push them, free the agent",
  does: 'acts',
  args: [
    {
      ...agentArgument,
      required: false,
      description: `${agentArgument.description} (default: the one of this worktree, or the only one with a ticket)`,
    },
  ],
  schema: () => z.object({agent: agentName.optional()}),
  examples: [
    ['clambake bottle agent001', 'agent001 is done, but did not say so'],
    ['clambake bottle', 'the agent of the worktree that you are in, or the only one with a ticket'],
  ],
  async run({agent: named}, context) {
    const daemon = await context.daemon()
    const meant = named === undefined ? await agentHere('bottle', daemon, context) : {agent: named}
    return daemon.call('bottle', meant, {timeoutMs: null})
  },
  text: ({ticket, head, commits}) =>
    `#${ticket} is bottled: ${count(commits, 'commit')}, pushed as ${shortSha(head)}\nland it: clambake land`,
})
