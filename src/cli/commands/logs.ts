import {z} from 'zod'
import {sleep} from '../../base/clock.ts'
import {ClambakeError, usageError} from '../../base/errors.ts'
import {safeText} from '../../base/text.ts'
import type {AgentId} from '../../model/data/ids.ts'
import type {CommandContext, HostConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName, positiveInteger} from '../inputs.ts'
import {createFollower, FOLLOWED_LINES} from '../output/follow.ts'

const LINES = 200
/** A line that does not change for this long has settled. */
const SETTLE_MS = 400

export const logs = defineCommand({
  name: 'logs',
  summary: "print the last lines of an agent's terminal",
  args: [agentArgument],
  options: {
    lines: {flags: '--lines <n>', description: `number of lines (default ${LINES})`},
    follow: {flags: '-f, --follow', description: 'keep printing new lines until the agent ends'},
  },
  schema: z.object({agent: agentName, lines: positiveInteger.default(LINES), follow: z.boolean().default(false)}),
  examples: [
    ['clambake logs agent001', 'print screen and scrollback as text'],
    ['clambake logs a1 --lines 20', 'the last 20 lines'],
    ['clambake logs a1 --follow', 'keep printing; Ctrl-C stops, the agent keeps running'],
  ],
  async run({agent, lines, follow: follows}, context): Promise<{agent: AgentId; lines: readonly string[]}> {
    if (follows && context.json) {
      throw usageError({
        code: 'bad-usage',
        message: 'logs: --follow cannot print one JSON object',
        next: 'leave out --json or --follow',
      })
    }
    const host = await context.runningHost()
    const pane = host && (await paneOf(host, agent))
    if (!pane) {
      throw new ClambakeError({
        code: 'no-terminal',
        message: `${agent} has no terminal`,
        next: 'clambake status shows who works; clambake pop starts an agent',
      })
    }
    if (!follows) return {agent, lines: await linesOf(host, pane.pane, lines)}
    const text = await linesOf(host, pane.pane, FOLLOWED_LINES)
    for (const line of text.slice(-lines)) context.say(line)
    await follow({host, pane: pane.pane, given: text, context})
    return {agent, lines: [`(${agent} has ended)`]}
  },
  text: ({lines}) => lines.join('\n'),
})

async function paneOf(host: HostConnection, agent: AgentId) {
  return (await host.call('pane.list', {})).findLast(info => info.meta.agent === agent)
}

async function linesOf(host: HostConnection, pane: string, lines: number): Promise<string[]> {
  return safeText(await host.call('pane.text', {pane, lines})).split('\n')
}

/** Prints new lines until the program in the pane has ended or the pane is gone. */
async function follow(options: {
  host: HostConnection
  pane: string
  given: readonly string[]
  context: CommandContext
}): Promise<void> {
  const {host, pane, context} = options
  const follower = createFollower(options.given)
  for (;;) {
    await sleep(SETTLE_MS, context.clock)
    const info = (await host.call('pane.list', {})).find(other => other.pane === pane)
    if (!info) return
    const lines = await linesOf(host, pane, FOLLOWED_LINES)
    for (const line of info.exit ? follower.rest(lines) : follower.next(lines)) context.say(line)
    if (info.exit) return
  }
}
