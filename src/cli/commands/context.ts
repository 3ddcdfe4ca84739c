import {z} from 'zod'
import {figure, safeLine} from '../../base/text.ts'
import type {ContextState} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName} from '../inputs.ts'
import {age} from '../output/text.ts'

const BAR_WIDTH = 30
const DOES = {
  compact: 'shortens its conversation',
  clear: 'forgets its conversation and gets its task again',
} as const

export const context = defineCommand({
  name: 'context',
  summary: "show how full an agent's context window is, or compact or clear it",
  args: [
    agentArgument,
    {
      key: 'action',
      name: 'compact|clear',
      required: false,
      description: 'shorten the conversation, or restart it with the task; only while the agent waits for a prompt',
    },
  ],
  schema: z.object({agent: agentName, action: z.enum(['compact', 'clear']).optional()}),
  examples: [
    ['clambake context agent001', 'print the tokens of its latest request and the size of the window'],
    ['clambake context agent001 compact', 'after a failed turn: summarize the conversation and continue with less'],
    ['clambake context agent001 clear', 'forget the conversation and give the task again; files stay'],
  ],
  async run({agent, action}, {daemon}): Promise<ContextState & {done: keyof typeof DOES | null}> {
    const called = (await daemon()).call(action ?? 'context', {agent}, {timeoutMs: null})
    return {...(await called), done: action ?? null}
  },
  text: ({agent, ticket, fill, done}, {clock}) =>
    [
      ...(done ? [`${agent} ${DOES[done]}; before that:`] : []),
      `${agent} #${ticket}  ${fill ? `${safeLine(fill.model)}, ${age(clock.now() - fill.at)} ago` : 'has not reported its window yet'}`,
      ...(fill ? [bar(fill)] : []),
    ].join('\n'),
})

/** `[█████░░░░░] 42 %  84,000 of 200,000 tokens`. */
function bar({tokens, window}: {tokens: number; window: number}): string {
  const part = Math.min(1, tokens / window)
  const full = Math.round(part * BAR_WIDTH)
  const drawn = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full)
  const figures = `${figure(tokens)} of ${figure(window)} tokens`
  return `[${drawn}] ${Math.round(part * 100)} %  ${figures}`
}
