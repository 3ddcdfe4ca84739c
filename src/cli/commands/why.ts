import * as z from 'zod'
import {safeLine} from '../../base/text.ts'
import {defineCommand} from '../define.ts'
import {gateText} from '../output/gate.ts'
import {age} from '../output/text.ts'

export const why = defineCommand({
  name: 'why',
  summary: 'explain the state of an agent, an issue or a pull request',
  does: 'reads',
  args: [{key: 'subject', name: 'agent|issue|pr', required: true, description: 'agent001, 123 or #123'}],
  schema: () => z.object({subject: z.string()}),
  examples: [
    ['clambake why agent001', 'what it does, on which ticket, since when'],
    ['clambake why 123', 'who claimed it, what holds it back, its place in the queue'],
  ],
  async run({subject}, context) {
    const daemon = await context.daemon()
    return daemon.call('why', {subject})
  },
  text: async ({subject, title, facts, gate}, {clock}) =>
    [
      title === null ? subject : `${subject}  ${safeLine(title)}`,
      ...facts.map(({at, text}) => `  ${safeLine(text)}${at === null ? '' : `, ${age(clock.now() - at)} ago`}`),
      ...(gate.length === 0 ? [] : ['  may it merge?', ...(await gateText(gate))]),
    ].join('\n'),
})
