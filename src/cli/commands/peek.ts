import * as z from 'zod'
import {defineCommand} from '../define.ts'
import {positiveInteger} from '../inputs.ts'
import {columns, decidedText} from '../output/text.ts'

const SHOWN = 20

export const peek = defineCommand({
  name: 'peek',
  summary: 'show what would be claimed next, and what holds the others back',
  does: 'reads',
  options: {limit: {flags: '-n, --limit <n>', description: `number of issues (default ${SHOWN})`}},
  schema: () => z.object({limit: positiveInteger.default(SHOWN)}),
  examples: [
    ['clambake peek', 'the queue in routing order, with reasons'],
    ['clambake peek --json', 'the same for a script'],
  ],
  async run({limit}, context) {
    const daemon = await context.daemon()
    return daemon.call('peek', {limit})
  },
  text: async ({queue, decided}) =>
    [
      queue.length === 0
        ? 'No open issue is free.'
        : columns(
            [
              {title: 'ISSUE', align: 'right'},
              {title: 'TITLE', max: 44},
              {title: 'WHY HERE', max: 100},
              {title: 'HELD BY'},
            ],
            queue.map(({number, title, reasons, gate}) => [`#${number}`, title, reasons.join(', '), gate ?? '']),
          ),
      decidedText(decided),
    ].join('\n'),
})
