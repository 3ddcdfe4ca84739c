import {z} from 'zod'
import {safeLine} from '../../../base/text.ts'
import {defineCommand} from '../../define.ts'
import {agentName, positiveInteger} from '../../inputs.ts'
import {eventLine} from '../../output/events.ts'
import {agentTable} from '../../output/tables.ts'
import {sendMessage} from '../../send-message.ts'
import {runAttach} from '../attach.ts'

const agentArgument = {
  key: 'agent',
  name: 'agent',
  required: true,
  description: 'a slot like agent001, a1 or 1',
} as const
const HISTORY = 30

export const agentsList = defineCommand({
  name: 'agents list',
  summary: 'show every agent, its state and its ticket',
  schema: z.object({}),
  examples: [['clambake agents list --json', 'for a script']],
  async run(_, context) {
    const daemon = await context.daemon()
    return {agents: (await daemon.call('state', {})).agents}
  },
  text: ({agents}, {clock}) => agentTable(agents, clock.now()),
})

export const agentsStart = defineCommand({
  name: 'agents start',
  summary: 'start an agent: on its blocked ticket again, else on the next one',
  args: [agentArgument],
  schema: z.object({agent: agentName}),
  examples: [['clambake agents start agent002', 'after it was stopped, it goes on with the same ticket']],
  async run({agent}, context) {
    const daemon = await context.daemon()
    return daemon.call('startAgent', {agent}, {timeoutMs: null})
  },
  text: ({ticket, title, agent, branch}) =>
    `#${ticket} ${safeLine(title)}\n${agent} works on it on ${branch}\nwatch it: clambake attach ${agent}`,
})

export const agentsStop = defineCommand({
  name: 'agents stop',
  summary: "end an agent's process; its work is saved first and its ticket waits for you",
  args: [agentArgument],
  schema: z.object({agent: agentName}),
  examples: [['clambake agents stop agent002', 'branch and worktree stay; agents start goes on']],
  async run({agent}, context) {
    const daemon = await context.daemon()
    return {agent, ...(await daemon.call('stopAgent', {agent}, {timeoutMs: null}))}
  },
  text: ({agent, saved}) =>
    [`${agent} is stopped`, ...(saved ? [`kept: ${saved}`] : []), `next: clambake agents start ${agent}`].join('\n'),
})

export const agentsAttach = defineCommand({
  name: 'agents attach',
  summary: "open the screen in an agent's terminal; the same as attach",
  args: [agentArgument],
  schema: z.object({agent: agentName}),
  examples: [['clambake agents attach agent001', 'Ctrl-] back to the lists; q quits']],
  run: ({agent}, context) => runAttach(agent, context),
  text: () => '',
})

export const agentsSend = defineCommand({
  name: 'agents send',
  summary: 'say something to an agent; the same as send',
  args: [agentArgument, {key: 'text', name: 'text', required: true, description: 'what to say, in quotes'}],
  schema: z.object({agent: z.string(), text: z.string()}),
  examples: [['clambake agents send agent001 "keep the old flag"', 'it reads it at the end of its turn']],
  run: ({agent, text}, context) => sendMessage({to: agent, text}, context),
  text: ({messages}) => messages.map(({to}) => `${to} reads it at the end of its turn`).join('\n'),
})

export const agentsHistory = defineCommand({
  name: 'agents history',
  summary: 'print what an agent did, newest first',
  args: [agentArgument],
  options: {limit: {flags: '--limit <n>', description: `how many events (default ${HISTORY})`}},
  schema: z.object({agent: agentName, limit: positiveInteger.default(HISTORY)}),
  examples: [['clambake agents history agent001 --limit 5', 'its last five events']],
  async run({agent, limit}, context) {
    const daemon = await context.daemon()
    return {agent, events: await daemon.call('history', {agent, limit})}
  },
  text: ({agent, events}) => (events.length === 0 ? `${agent} did nothing yet.` : events.map(eventLine).join('\n')),
})
