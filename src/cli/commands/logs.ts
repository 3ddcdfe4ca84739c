import * as z from 'zod'
import {sleep} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import {safeJson, safeText} from '../../base/text.ts'
import {type AgentId, parseAgentId} from '../../model/data/ids.ts'
import type {PaneInfo} from '../../protocol/host-api.ts'
import type {CommandContext, HostConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {agentArgument, agentName, positiveInteger} from '../inputs.ts'
import {untilInterrupted} from '../interrupted.ts'
import {createFollower, FOLLOWED_LINES} from '../output/follow.ts'

const LINES = 200
/** Lines of each agent when all are printed. */
const LINES_OF_EACH = 20
/** A line that does not change for this long has settled. */
const SETTLE_MS = 400

type Terminal = {agent: AgentId; pane: string}
type Printed = {agent: AgentId; lines: readonly string[]}
type Logs = Printed | {agents: Printed[]}

export const logs = defineCommand({
  name: 'logs',
  summary: "print the last lines of an agent's terminal, or of every agent's",
  does: 'reads',
  args: [{...agentArgument, required: false, description: `${agentArgument.description} (default: all)`}],
  options: {
    lines: {
      flags: '-n, --lines <n>',
      description: `number of lines (default ${LINES}; of all agents ${LINES_OF_EACH} each)`,
    },
    follow: {flags: '-f, --follow', description: 'keep printing new lines until the agent ends, or Ctrl-C'},
  },
  schema: () =>
    z.object({
      agent: agentName.optional(),
      lines: positiveInteger.optional(),
      follow: z.boolean().default(false),
    }),
  examples: [
    ['clambake logs', 'the last lines of every agent, with its name'],
    ['clambake logs agent001', 'print screen and scrollback as text'],
    ['clambake logs a1 --lines 20', 'the last 20 lines'],
    ['clambake logs -f', 'follow all agents, each line with the name of its agent'],
    ['clambake logs -f --json', 'the same for a script: one {"agent", "line"} a line'],
  ],
  async run({agent, lines, follow: follows}, context): Promise<Logs | undefined> {
    const host = await context.runningHost()
    const found = host
      ? terminals(await host.call('pane.list', {})).filter(terminal => agent === undefined || terminal.agent === agent)
      : []
    if (!host || (found.length === 0 && (agent !== undefined || !follows))) throw noTerminal(agent)
    if (follows) {
      const following = follow({host, agent, lines: lines ?? (agent === undefined ? LINES_OF_EACH : LINES), context})
      await Promise.race([following, untilInterrupted(new Promise(() => {}))])
      return undefined
    }
    if (agent !== undefined) return {agent, lines: await linesOf(host, found[0]!.pane, lines ?? LINES)}
    return {
      agents: await Promise.all(
        found.map(async one => ({agent: one.agent, lines: await linesOf(host, one.pane, lines ?? LINES_OF_EACH)})),
      ),
    }
  },
  text: result =>
    'agents' in result
      ? result.agents.map(one => [`── ${one.agent} ──`, ...one.lines].join('\n')).join('\n\n')
      : result.lines.join('\n'),
})

function noTerminal(agent: AgentId | undefined): ClambakeError {
  return new ClambakeError({
    code: 'no-terminal',
    message: agent === undefined ? 'No agent has a terminal' : `${agent} has no terminal`,
    next: 'clambake status shows who works; clambake pop starts an agent',
  })
}

/** The newest terminal of each agent, by the agents' names. */
function terminals(panes: readonly PaneInfo[]): Terminal[] {
  const newest = new Map<AgentId, Terminal>()
  for (const {pane, meta} of panes) {
    const agent = parseAgentId(meta.agent ?? '')
    if (agent) newest.set(agent, {agent, pane})
  }
  return [...newest.values()].toSorted((one, other) => (one.agent < other.agent ? -1 : 1))
}

async function linesOf(host: HostConnection, pane: string, lines: number): Promise<string[]> {
  return safeText(await host.call('pane.text', {pane, lines})).split('\n')
}

/**
 * Prints the last and all new lines. One agent is followed until its program has ended or its pane is gone; all of them
 * until Ctrl-C, those that start meanwhile too.
 */
async function follow(options: {
  host: HostConnection
  agent: AgentId | undefined
  lines: number
  context: CommandContext
}): Promise<void> {
  const {host, agent: only, lines: shown, context} = options
  const followers = new Map<string, ReturnType<typeof createFollower>>()
  const ended = new Set<string>()
  const print = (agent: AgentId, line: string) => {
    if (context.json) process.stdout.write(`${safeJson({agent, line})}\n`)
    else context.say(only === undefined ? `${agent}  ${line}` : line)
  }
  for (;;) {
    const panes = await host.call('pane.list', {})
    const mine = terminals(panes).filter(({agent, pane}) => (only === undefined || agent === only) && !ended.has(pane))
    for (const {agent, pane} of mine) {
      const info = panes.find(other => other.pane === pane)
      if (!info) continue
      const lines = await linesOf(host, pane, FOLLOWED_LINES)
      const follower = followers.get(pane)
      if (follower) for (const line of info.exit ? follower.rest(lines) : follower.next(lines)) print(agent, line)
      else {
        for (const line of lines.slice(-shown)) print(agent, line)
        followers.set(pane, createFollower(lines))
      }
      if (info.exit) ended.add(pane)
      if (info.exit && !context.json) context.say(`(${agent} has ended)`)
    }
    if (only !== undefined && (mine.length === 0 || mine.every(({pane}) => ended.has(pane)))) return
    await sleep(SETTLE_MS, context.clock)
  }
}
