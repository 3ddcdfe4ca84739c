import {z} from 'zod'
import {EXIT} from '../../base/errors.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {issueNumber, labelList, positiveInteger, thinkLevel} from '../inputs.ts'
import {columns} from '../text.ts'

const PRIORITIES = ['unblocker', 'merge', 'high', 'medium', 'low', 'none'] as const

type Routed = DaemonApi['route']['result'] & {dryRun: boolean; verbose: boolean}

export const route = defineCommand({
  name: 'route',
  summary: 'claim issues for all free agents',
  options: {
    max: {flags: '--max-agents <n>', description: 'claim at most this many'},
    agents: {flags: '--agents <n>', description: 'the same as --max-agents'},
    priority: {flags: '--priority <p>', description: `only this priority or higher: ${PRIORITIES.join(', ')}`},
    labels: {flags: '--labels <list>', description: 'only issues with one of these labels, comma between them'},
    includeLabels: {flags: '--include-labels <list>', description: 'the same as --labels'},
    excludeLabels: {flags: '--exclude-labels <list>', description: 'no issue with one of these labels'},
    issue: {flags: '--issue <number>', description: 'only this issue'},
    think: {flags: '--think-level <level>', description: 'how hard they think: think, hard, harder or ultra'},
    dryRun: {flags: '--dry-run', description: 'only say what would be claimed'},
    force: {
      flags: '--force',
      description: 'pass over a missing label and an untrusted author; never over human-only, blocked or waiting',
    },
    verbose: {flags: '--verbose', description: 'the whole order with reasons'},
  },
  schema: z.object({
    max: positiveInteger.optional(),
    agents: positiveInteger.optional(),
    priority: z.enum(PRIORITIES).optional(),
    labels: labelList.optional(),
    includeLabels: labelList.optional(),
    excludeLabels: labelList.optional(),
    issue: issueNumber.optional(),
    think: thinkLevel.optional(),
    dryRun: z.boolean().default(false),
    force: z.boolean().default(false),
    verbose: z.boolean().default(false),
  }),
  examples: [
    ['clambake route', 'every free agent gets a ticket'],
    ['clambake route --max-agents 2 --priority high', 'at most two, of high priority or above'],
    ['clambake route --labels bug --dry-run --verbose', 'what would be claimed, and why the others not'],
    ['clambake route --issue 123 --force', 'issue 123 although nobody labelled it ready'],
  ],
  async run(input, context): Promise<Routed> {
    const {dryRun, verbose, force} = input
    const daemon = await context.daemon()
    const wanted = {
      max: input.max ?? input.agents,
      priority: input.priority,
      labels: input.labels ?? input.includeLabels,
      excludeLabels: input.excludeLabels,
      issue: input.issue,
      think: input.think,
    }
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
    const result = await daemon.call('route', {...given, dryRun, force}, {timeoutMs: null})
    return {...result, dryRun, verbose}
  },
  text: async ({claimed, refused, order, dryRun, verbose}) =>
    [
      ...(verbose && order.length > 0 ? [await orderTable(order), ''] : []),
      ...claimed.map(({ticket, agent}) => `#${ticket} → ${agent}`),
      ...refused.map(({ticket, reason}) => `#${ticket} not claimed: ${reason}`),
      ...(dryRun ? order.filter(({held}) => held === null).map(({number}) => `would claim #${number}`) : []),
      ...(order.some(({held}) => held === null)
        ? []
        : ['No issue is ready: clambake route --dry-run --verbose says what holds each one back.']),
    ]
      .join('\n')
      .trimEnd(),
  exit: ({refused}) => (refused.length > 0 ? EXIT.needsHuman : EXIT.good),
})

function orderTable(order: Routed['order']): Promise<string> {
  return columns(
    [{title: 'ISSUE', align: 'right'}, {title: 'TITLE', max: 50}, {title: 'WHY HERE', max: 40}, {title: 'HELD BY'}],
    order.map(({number, title, reasons, held}) => [`#${number}`, title, reasons.join(', '), held ?? '']),
  )
}
