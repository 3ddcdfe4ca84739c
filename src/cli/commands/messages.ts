import {z} from 'zod'
import {safeLine} from '../../base/text.ts'
import {defineCommand} from '../define.ts'
import {agentName, positiveInteger} from '../inputs.ts'
import {age, columns} from '../output/text.ts'
import {sendMessage} from '../send-message.ts'

const SHOWN = 20

export const send = defineCommand({
  name: 'send',
  summary: 'send a message to an agent or @all; the agent reads it at the end of its turn',
  args: [
    {key: 'to', name: 'to', required: true, description: 'agent001, or @all for every agent with a ticket'},
    {key: 'text', name: 'text', required: true, description: 'the message, in quotes'},
  ],
  schema: z.object({to: z.string(), text: z.string()}),
  examples: [
    [
      'clambake send agent001 "use the new parser"',
      'the agent reads it at the end of its turn, or at once if it waits',
    ],
    ['clambake send @all "main is broken, wait"', 'send it to every agent that has a ticket'],
  ],
  run: (message, context) => sendMessage(message, context),
  text: ({messages}) =>
    messages.map(({to, ticket}) => `${to} reads it at the end of its turn on #${ticket}`).join('\n'),
})

export const inbox = defineCommand({
  name: 'inbox',
  summary: 'print the messages to agents, newest first',
  args: [{key: 'agent', name: 'agent', required: false, description: 'only messages to this agent'}],
  options: {limit: {flags: '--limit <n>', description: `number of messages (default ${SHOWN})`}},
  schema: z.object({agent: agentName.optional(), limit: positiveInteger.default(SHOWN)}),
  examples: [
    ['clambake inbox', 'show sender, recipient and whether it was read'],
    ['clambake inbox agent001 --limit 5', 'the last five messages to agent001'],
  ],
  async run({agent, limit}, context) {
    const daemon = await context.daemon()
    return {messages: await daemon.call('messages', {limit, ...(agent === undefined ? {} : {agent})})}
  },
  text: ({messages}, {clock}) =>
    messages.length === 0
      ? 'No messages yet: clambake send agent001 "…"'
      : columns(
          [{title: 'AGO', align: 'right'}, {title: 'FROM'}, {title: 'TO'}, {title: 'READ'}, {title: 'TEXT', max: 70}],
          messages.map(({at, from, to, ticket, text, deliveredAt}) => [
            age(clock.now() - at),
            from,
            `${to} #${ticket}`,
            deliveredAt === null ? 'not yet' : `${age(clock.now() - deliveredAt)} ago`,
            safeLine(text),
          ]),
        ),
})

export const who = defineCommand({
  name: 'who',
  summary: 'list the working agents of all your repositories',
  schema: z.object({}),
  examples: [['clambake who', 'show which agent works where, on what']],
  async run(_, context) {
    const daemon = await context.daemon()
    return {instances: await daemon.call('who', {})}
  },
  text: ({instances}, {clock}) =>
    instances.length === 0
      ? 'No agent is working.'
      : columns(
          [{title: 'WHO', max: 60}, {title: 'STATUS'}, {title: 'TASK', max: 50}, {title: 'LAST SEEN', align: 'right'}],
          instances.map(({id, status, task, heartbeatAt}) => [
            id,
            status,
            task,
            `${age(clock.now() - heartbeatAt)} ago`,
          ]),
        ),
})
