import * as z from 'zod'
import {figure, safeLine} from '../../base/text.ts'
import {meantBy} from '../../model/hub/meant.ts'
import type {ContextState} from '../../protocol/daemon.ts'
import {consent} from '../consent.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName} from '../inputs.ts'
import {age} from '../output/text.ts'

const BAR_WIDTH = 30
const DOES = {
  compact: 'shortens its conversation',
  clear: 'forgets its conversation and gets its task again',
} as const

type Shown = ContextState & {done: keyof typeof DOES | null}

export const context = defineCommand({
  name: 'context',
  summary: 'show how full the context windows of agents are, or compact or clear one',
  does: 'asks',
  args: [
    {...agentArgument, required: false, description: `${agentArgument.description} (default: all that have a ticket)`},
    {
      key: 'action',
      name: 'compact|clear',
      required: false,
      description: 'shorten the conversation, or restart it with the task; only while the agent waits for a prompt',
    },
  ],
  options: {yes: {flags: '--yes', description: 'with clear: do not ask'}},
  schema: () =>
    z.object({
      agent: agentName.optional(),
      action: z.enum(['compact', 'clear']).optional(),
      yes: z.boolean().default(false),
    }),
  examples: [
    ['clambake context', 'print how full the window of every agent is'],
    ['clambake context agent001', 'print the tokens of its latest request and the size of the window'],
    ['clambake context agent001 compact', 'after a failed turn: summarize the conversation and continue with less'],
    ['clambake context agent001 clear', 'forget the conversation and give the task again, after a yes; files stay'],
  ],
  async run({agent, action, yes}, context): Promise<Shown | {agents: Shown[]}> {
    const daemon = await context.daemon()
    const shown = action === 'clear' && agent && !yes ? await daemon.call('context', {agent}) : null
    if (shown) {
      await consent(context, {
        yes,
        plan: `${agent} forgets its conversation on #${shown.ticket} and gets its task again; its files stay.`,
        question: `Forget the conversation of ${agent}?`,
        refused: `The conversation of ${agent} was not cleared`,
        again: `context ${agent} clear`,
      })
    }
    if (agent !== undefined) {
      const params = {agent, ...(shown && meantBy(shown))}
      const called = action ? daemon.call(action, params, {timeoutMs: null}) : daemon.call('context', {agent})
      return {...(await called), done: action ?? null}
    }
    const {agents} = await daemon.call('state', {})
    const busy = agents.filter(({ticket}) => ticket !== null)
    return {
      agents: await Promise.all(
        busy.map(async row => ({...(await daemon.call('context', {agent: row.agent})), done: null})),
      ),
    }
  },
  text(result, {clock}) {
    if (!('agents' in result)) return shownText(result, clock.now())
    if (result.agents.length === 0) return 'No agent has a ticket.'
    return result.agents.map(one => shownText(one, clock.now())).join('\n')
  },
})

function shownText({agent, ticket, fill, done}: Shown, now: number): string {
  return [
    ...(done ? [`${agent} ${DOES[done]}; before that:`] : []),
    `${agent} #${ticket}  ${fill ? `${safeLine(fill.model)}, ${age(now - fill.at)} ago` : 'has not reported its window yet'}`,
    ...(fill ? [bar(fill)] : []),
  ].join('\n')
}

/** `[█████░░░░░] 42 %  84,000 of 200,000 tokens`. */
function bar({tokens, window}: {tokens: number; window: number}): string {
  const part = Math.min(1, tokens / window)
  const full = Math.round(part * BAR_WIDTH)
  const drawn = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full)
  const figures = `${figure(tokens)} of ${figure(window)} tokens`
  return `[${drawn}] ${Math.round(part * 100)} %  ${figures}`
}
