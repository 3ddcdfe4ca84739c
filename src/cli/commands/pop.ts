import {z} from 'zod'
import {safeLine} from '../../base/text.ts'
import {defineCommand} from '../define.ts'
import {issueNumber, thinkLevel} from '../inputs.ts'

export const pop = defineCommand({
  name: 'pop',
  summary: 'claim the next ready issue, or a given one, and start an agent on it',
  args: [
    {
      key: 'issue',
      name: 'issue',
      required: false,
      description: 'the issue, like 123 (default: the next in routing order)',
    },
  ],
  options: {
    think: {flags: '--think-level <level>', description: 'how hard the agent thinks: think, hard, harder or ultra'},
    mine: {flags: '--mine', description: 'the next issue that is assigned to you, the user of the token'},
  },
  schema: z.object({issue: issueNumber.optional(), think: thinkLevel.optional(), mine: z.boolean().default(false)}),
  apart: [['mine', 'issue']],
  examples: [
    ['clambake pop', 'the next issue in routing order'],
    ['clambake pop --mine', 'the next issue that is assigned to you'],
    ['clambake pop 123', 'issue 123; a blocked ticket is retried'],
    ['clambake pop 123 --think-level ultra', 'at the highest thinking level'],
  ],
  async run({issue, think, mine}, context) {
    const daemon = await context.daemon()
    const asked = {...(issue !== undefined && {issue}), ...(think && {think}), ...(mine && {mine})}
    return daemon.call('pop', asked, {timeoutMs: null})
  },
  text: ({ticket, title, agent, branch}) =>
    `#${ticket} ${safeLine(title)}\n${agent} works on it on branch ${branch}\nwatch it: clambake attach ${agent}`,
})
