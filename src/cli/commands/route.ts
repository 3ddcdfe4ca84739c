import * as z from 'zod'
import {EXIT} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {LOAD_BALANCES} from '../../model/data/load-balance.ts'
import {TRACE_LEVELS} from '../../model/data/trace-level.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {defineCommand} from '../define.ts'
import {issueNumber, labelList, positiveInteger, thinkLevel} from '../inputs.ts'
import {columns, decidedText} from '../output/text.ts'

const PRIORITIES = ['unblocker', 'merge', 'high', 'medium', 'low', 'none'] as const

type Routed = DaemonApi['route']['result'] & {
  dryRun: boolean
  verbose: boolean
  force: boolean
  issue?: number | undefined
}

export const route = defineCommand({
  name: 'route',
  summary: 'claim issues for all free agents',
  does: 'acts',
  options: {
    max: {flags: '--max-agents <n>', description: 'claim at most this many issues'},
    agents: {flags: '--agents <n>', description: 'same as --max-agents'},
    priority: {flags: '--priority <p>', description: `only this priority or higher: ${PRIORITIES.join(', ')}`},
    labels: {flags: '--labels <list>', description: 'only issues with one of these labels, separated by commas'},
    includeLabels: {flags: '--include-labels <list>', description: 'same as --labels'},
    excludeLabels: {
      flags: '--exclude-labels <list>',
      description: 'only issues without these labels, separated by commas',
    },
    issue: {flags: '--issue <number>', description: 'only this issue, even if it likely conflicts with running work'},
    checkDependencies: {
      flags: '--check-dependencies',
      description: 'first read the open issues and their dependencies from GitHub again',
    },
    maxConcurrent: {
      flags: '--max-concurrent <n>',
      description: 'at most this many agents at work in total',
    },
    loadBalance: {
      flags: '--load-balance <way>',
      description: `which agent takes an issue: ${LOAD_BALANCES.join(', ')} (default: routing.load_balance)`,
    },
    traceLevel: {
      flags: '--trace-level <level>',
      description: "candidates in the decision's trace: basic (the first 20) or detailed (all)",
    },
    think: {flags: '--think-level <level>', description: 'how hard the agents think: think, hard, harder or ultra'},
    dryRun: {flags: '--dry-run', description: 'only print what would be claimed'},
    force: {
      flags: '--force',
      description:
        'ignore a missing label, an untrusted author and a likely conflict, but never human-only, blocked or waiting',
    },
    verbose: {flags: '--verbose', description: 'print the whole order with reasons'},
  },
  schema: () =>
    z.object({
      max: positiveInteger.optional(),
      agents: positiveInteger.optional(),
      priority: z.enum(PRIORITIES).optional(),
      labels: labelList.optional(),
      includeLabels: labelList.optional(),
      excludeLabels: labelList.optional(),
      issue: issueNumber.optional(),
      checkDependencies: z.boolean().default(false),
      maxConcurrent: positiveInteger.optional(),
      loadBalance: z.enum(LOAD_BALANCES).optional(),
      traceLevel: z.enum(TRACE_LEVELS).optional(),
      think: thinkLevel.optional(),
      dryRun: z.boolean().default(false),
      force: z.boolean().default(false),
      verbose: z.boolean().default(false),
    }),
  same: [
    ['max', 'agents'],
    ['labels', 'includeLabels'],
  ],
  apart: [
    ['issue', 'priority'],
    ['issue', 'labels'],
    ['issue', 'includeLabels'],
    ['issue', 'excludeLabels'],
  ],
  examples: [
    ['clambake route', 'give every free agent a ticket'],
    ['clambake route --max-agents 2 --priority high', 'claim at most two issues, of high priority or above'],
    ['clambake route --labels bug --dry-run --verbose', 'print what would be claimed, and why the others would not'],
    ['clambake route --check-dependencies --max-concurrent 3', 'check dependencies first, and stop at three agents'],
    ['clambake route --load-balance round-robin', 'let the agents take turns'],
    ['clambake route --issue 123 --force', 'claim issue 123 even without the ready label'],
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
      checkDependencies: input.checkDependencies || undefined,
      maxConcurrent: input.maxConcurrent,
      balance: input.loadBalance,
      trace: input.traceLevel,
    }
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
    const result = await daemon.call('route', {...given, dryRun, force}, {timeoutMs: null})
    return {...result, dryRun, verbose, force, issue: input.issue}
  },
  text: async ({claimed, refused, order, decided, dryRun, verbose, force, issue}) =>
    [
      ...(verbose && order.length > 0 ? [orderTable(order), ''] : []),
      ...claimed.map(({ticket, agent}) => `#${ticket} → ${agent}${passedText(order, ticket)}`),
      ...refusedLines(refused),
      ...(dryRun
        ? order
            .filter(({held}) => held === null)
            .map(({number, agent}) => `would claim #${number} → ${agent}${passedText(order, number)}`)
        : []),
      ...heldText(order, issue, force),
      ...(issue !== undefined || order.some(({held}) => held === null)
        ? []
        : ['No issue is ready: clambake route --dry-run --verbose says what holds each one back.']),
      ...(verbose || dryRun ? [decidedText(decided)] : []),
    ]
      .join('\n')
      .trimEnd(),
  exit: ({refused, order, issue}) => (refused.length > 0 || isHeld(order, issue) ? EXIT.needsHuman : EXIT.good),
})

/** What a person's word passed over: nothing is passed over in silence. */
function passedText(order: Routed['order'], ticket: number): string {
  const passed = order.find(({number}) => number === ticket)?.passed ?? []
  return passed.length === 0 ? '' : safeLine(`, passed over: ${passed.join('; ')}`)
}

/** A line for each issue whose claim was refused. */
export function refusedLines(refused: Routed['refused']): string[] {
  return refused.map(({ticket, reason}) => safeLine(`#${ticket} not claimed: ${reason}`))
}

/** Whether an issue that was named is not claimed. */
function isHeld(order: Routed['order'], issue: number | undefined): boolean {
  return issue !== undefined && order.find(({number}) => number === issue)?.held !== null
}

/** Why an issue that was named is not claimed, and what helps. */
function heldText(order: Routed['order'], issue: number | undefined, force: boolean): string[] {
  if (issue === undefined) return []
  const row = order.find(({number}) => number === issue)
  if (!row) return [`#${issue} is not an open issue`]
  if (row.held === null) return []
  const agent = /^with (agent\d+)$/.exec(row.held)?.[1]
  const more = agent
    ? `clambake why ${issue}; clambake attach ${agent}`
    : force
      ? `clambake pop ${issue} asks whether to start it anyway`
      : `--force passes over a missing label and an untrusted author; clambake pop ${issue} asks`
  return [safeLine(`#${issue} was not claimed: ${row.held}`), `next: ${more}`]
}

function orderTable(order: Routed['order']): string {
  return columns(
    [{title: 'ISSUE', align: 'right'}, {title: 'TITLE', max: 44}, {title: 'WHY HERE', max: 100}, {title: 'HELD BY'}],
    order.map(({number, title, reasons, held}) => [`#${number}`, title, reasons.join(', '), held ?? '']),
  )
}
