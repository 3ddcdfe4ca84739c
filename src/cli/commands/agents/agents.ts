import * as z from 'zod'
import {safeLine} from '../../../base/text.ts'
import {sentText} from '../../../model/data/message.ts'
import {defineCommand} from '../../define.ts'
import {agentArgument, agentName, positiveInteger} from '../../inputs.ts'
import {eventLine} from '../../output/events.ts'
import {agentTable} from '../../output/tables.ts'
import {sendMessage} from '../../send-message.ts'
import {runAttach} from '../attach.ts'

const HISTORY = 30

export const agentsList = defineCommand({
  name: 'agents list',
  summary: 'show every agent, its state and its ticket',
  does: 'reads',
  schema: () => z.object({}),
  examples: [['clambake agents list --json', 'for a script']],
  async run(_, context) {
    const daemon = await context.daemon()
    return {agents: (await daemon.call('state', {})).agents}
  },
  text: ({agents}, {clock}) => agentTable(agents, clock.now()),
})

export const agentsStart = defineCommand({
  name: 'agents start',
  summary: 'start an agent on its blocked ticket, or else on the next issue',
  does: 'acts',
  args: [agentArgument],
  schema: () => z.object({agent: agentName}),
  examples: [['clambake agents start agent002', 'after a stop it continues the same ticket']],
  async run({agent}, context) {
    const daemon = await context.daemon()
    return daemon.call('startAgent', {agent}, {timeoutMs: null})
  },
  text: ({ticket, title, agent, branch}) =>
    `#${ticket} ${safeLine(title)}\n${agent} works on it on branch ${branch}\nwatch it: clambake attach ${agent}`,
})

export const agentsAttach = defineCommand({
  name: 'agents attach',
  summary: "open an agent's terminal on the screen; same as attach",
  does: 'acts',
  args: [agentArgument],
  schema: () => z.object({agent: agentName}),
  examples: [['clambake agents attach agent001', 'Ctrl-] returns to the lists; q quits']],
  run: ({agent}, context) => runAttach(agent, context),
  text: () => '',
})

export const agentsSend = defineCommand({
  name: 'agents send',
  summary: 'send a message to an agent; same as send',
  does: 'acts',
  args: [agentArgument, {key: 'text', name: 'text', required: true, description: 'the message, in quotes'}],
  schema: () => z.object({agent: z.string(), text: z.string()}),
  examples: [['clambake agents send agent001 "keep the old flag"', 'the agent reads it at the end of its turn']],
  run: ({agent, text}, context) => sendMessage({to: agent, text}, context),
  text: ({messages}) => messages.map(sentText).join('\n'),
})

export const agentsHistory = defineCommand({
  name: 'agents history',
  summary: "print an agent's events, newest first",
  does: 'reads',
  args: [agentArgument],
  options: {limit: {flags: '-n, --limit <n>', description: `number of events (default ${HISTORY})`}},
  schema: () => z.object({agent: agentName, limit: positiveInteger.default(HISTORY)}),
  examples: [['clambake agents history agent001 --limit 5', 'its last five events']],
  async run({agent, limit}, context) {
    const daemon = await context.daemon()
    return {agent, events: await daemon.call('history', {agent, limit})}
  },
  text: ({agent, events}) => (events.length === 0 ? `${agent} has no events yet.` : events.map(eventLine).join('\n')),
})
