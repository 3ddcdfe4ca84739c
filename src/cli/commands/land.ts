import * as z from 'zod'
import {poll} from '../../base/clock.ts'
import {ClambakeError, EXIT, hasCode} from '../../base/errors.ts'
import {safeLine} from '../../base/text.ts'
import {count} from '../../base/words.ts'
import {unknownAgent} from '../../model/agent/unknown.ts'
import type {AgentId} from '../../model/data/ids.ts'
import {type LandTerms, NO_TERMS, sameTerms} from '../../model/data/landing/terms.ts'
import {type Halt, haltLook, haltReason, haltText, isLiftable} from '../../model/landing/halt.ts'
import type {SeenConflict} from '../../model/radar/conflict.ts'
import type {LandingReport, LandPlan, TicketPhase, TicketRow} from '../../protocol/daemon.ts'
import type {CommandContext, DaemonConnection} from '../context.ts'
import {defineCommand} from '../define.ts'
import {agentName} from '../inputs.ts'
import {type Flags, givenFlags, refuseTogether, TERM_OPTIONS, termFields, termsOf} from '../land-terms.ts'
import {
  answers,
  boarding,
  forecastLines,
  forecastOf,
  type NotLanded,
  performanceLines,
  putOff,
  refusal,
  traceLines,
  trainLines,
} from '../output/land.ts'
import {list} from '../output/text.ts'

type Landed = {
  plan: LandPlan
  merged: number[]
  waiting: NotLanded[]
  dryRun: boolean
  /** What was asked for in place of a landing; null: nothing else. */
  halt: 'paused' | 'lifted' | 'none to lift' | null
  /** What the radar expects to conflict; null: it was not asked for. */
  forecast: readonly SeenConflict[] | null
  /** How the landed tickets came to main; null: it was not asked for. */
  reports: {trace: readonly LandingReport[] | null; performance: readonly LandingReport[] | null}
}

export const land = defineCommand({
  name: 'land',
  summary: 'land all bottled work on main: pull request, checks, merge, cleanup',
  does: 'acts',
  options: {
    dryRun: {flags: '--dry-run', description: 'only print what would happen'},
    wait: {flags: '--no-wait', description: 'start landing and do not wait'},
    agent: {flags: '--agent <agent>', description: 'only the work of this agent'},
    ...TERM_OPTIONS,
    predictConflicts: {
      flags: '--predict-conflicts',
      description: 'print first what the radar expects to conflict; with --dry-run only that',
    },
    traceIntegration: {
      flags: '--trace-integration',
      description: 'print the trace and the steps of each landed ticket, with what they took',
    },
    analyzePerformance: {
      flags: '--analyze-performance',
      description: 'print how long each stage took, with requests and checks',
    },
    pause: {
      flags: '--pause [reason]',
      description: 'let nothing land, for every daemon of the repository, until a person lifts it',
    },
    resume: {
      flags: '--resume',
      description: 'lift a pause or a halt and let trains depart again, and land nothing now',
    },
  },
  schema: () =>
    z.object({
      dryRun: z.boolean().default(false),
      wait: z.boolean().default(true),
      agent: agentName.optional(),
      ...termFields,
      predictConflicts: z.boolean().default(false),
      traceIntegration: z.boolean().default(false),
      analyzePerformance: z.boolean().default(false),
      pause: z.union([z.string().max(200), z.literal(true).transform(() => '')]).optional(),
      resume: z.boolean().default(false),
    }),
  apart: [['dryRun', 'wait']],
  examples: [
    ['clambake land', 'land, and wait until everything is on main'],
    ['clambake land --dry-run', 'print who boards, who stays behind and why'],
    ['clambake land --agent a2', 'land only what agent002 has bottled'],
    ['clambake land --dry-run --predict-conflicts', 'print what the radar expects to conflict'],
    ['clambake land --require-reviews 2', 'land what two people have approved'],
    ['clambake land --pause "release day"', 'let nothing land until clambake land --resume'],
  ],
  async run({dryRun, wait, agent, pause, resume, predictConflicts, ...rest}, context): Promise<Landed> {
    const {traceIntegration, analyzePerformance, ...options} = rest
    const terms = termsOf(options)
    const asksAfter: Flags = [
      ['--trace-integration', traceIntegration],
      ['--analyze-performance', analyzePerformance],
    ]
    const asks: Flags = [['--dry-run', dryRun], ['--agent', agent !== undefined], ...givenFlags(options)]
    refuseTogether([[['--pause', pause !== undefined]], [['--resume', resume]], [...asks, ...asksAfter]])
    refuseTogether([
      asksAfter,
      [
        ['--dry-run', dryRun],
        ['--no-wait', !wait],
      ],
    ])
    const asked = sameTerms(terms, NO_TERMS) ? {} : {terms}
    const daemon = await context.daemon()
    if (pause !== undefined) await daemon.call('pauseLanding', {reason: pause})
    const plan = await planFor(daemon, agent, {...asked, ...(resume && {look: true})})
    const {halt} = plan
    if (pause !== undefined) return {...nothing(plan), dryRun: true, halt: 'paused'}
    if (resume) return resumed(daemon, plan, context)
    const isEmpty = plan.board.length + plan.again.length === 0 && halt === null
    const forecast = predictConflicts ? forecastOf(plan, await daemon.call('state', {})) : null
    if (dryRun || isEmpty) return {...nothing(plan), dryRun, forecast}
    for (const line of forecastLines(forecast)) context.say(line)
    if (halt !== null && !(await mayLift(halt, context))) throw halted(halt)
    const tickets =
      agent === undefined ? {} : {tickets: [...plan.board, ...plan.again].map(({ticket, claim}) => ({ticket, claim}))}
    const {landing, notes} = await daemon.call('land', {...asked, ...tickets, ...(halt !== null && {lift: halt})})
    for (const note of notes) context.say(safeLine(note))
    if (halt !== null) context.say('The halt is lifted.')
    const {last, ...landed} = wait
      ? await untilLanded(daemon, landing, context)
      : {last: daemon, merged: [], waiting: []}
    const {merged} = landed
    const isAsked = (traceIntegration || analyzePerformance) && merged.length > 0
    const report = isAsked ? await last.call('landingReport', {tickets: merged}) : []
    const reports = {trace: traceIntegration ? report : null, performance: analyzePerformance ? report : null}
    return {plan, dryRun, halt: null, forecast, reports, ...landed}
  },
  async text({plan, merged, waiting, dryRun, halt: done, forecast, reports}) {
    if (dryRun && forecast !== null) return forecastLines(forecast).join('\n')
    const halt = done !== null ? haltLines(done, plan) : dryRun && plan.halt !== null ? [haltText(plan.halt)] : []
    const isEmpty = plan.board.length + plan.again.length === 0
    if (dryRun || isEmpty) {
      const boards = isEmpty ? ['Nothing is bottled.'] : boarding(plan)
      const steps = plan.board.length === 0 ? [] : plan.steps.map((step, i) => safeLine(`${i + 1} ${step}`))
      return [...halt, ...trainLines(plan), ...boards, ...putOff(plan), ...steps, ...(await answers(plan))].join('\n')
    }
    return [
      ...(merged.length > 0 ? [`${list(merged)} landed on main`] : []),
      ...(await Promise.all(waiting.map(refusal))).flat(),
      ...traceLines(reports.trace ?? []),
      ...performanceLines(reports.performance ?? []),
      ...(merged.length + waiting.length === 0
        ? [`${count(plan.board.length + plan.again.length, 'ticket')} landing: clambake status`]
        : []),
    ].join('\n')
  },
  exit: ({waiting}) => (waiting.length > 0 ? EXIT.needsHuman : EXIT.good),
})

const NO_REPORTS: Landed['reports'] = {trace: null, performance: null}

/** What became of a pause, or of what halted landing. */
function haltLines(done: NonNullable<Landed['halt']>, {halt}: LandPlan): string[] {
  switch (done) {
    case 'paused':
      return [
        `From now on nothing lands, by any daemon of this repository${halt === null ? '' : `: ${haltReason(halt)}`}`,
        'clambake land --resume lifts it',
      ]
    case 'lifted':
      return ['The halt is lifted: trains depart again.']
    case 'none to lift':
      return ['Nothing halts landing.']
  }
}

function nothing(plan: LandPlan): Omit<Landed, 'dryRun'> {
  return {plan, merged: [], waiting: [], halt: null, forecast: null, reports: NO_REPORTS}
}

/** The plan for one agent's work; what else is bottled stays where it is. */
async function planFor(
  daemon: DaemonConnection,
  agent: AgentId | undefined,
  asked: {terms?: LandTerms; look?: boolean},
): Promise<LandPlan> {
  const plan = await daemon.call('landPlan', asked)
  if (agent === undefined) return plan
  const {agents} = await daemon.call('state', {})
  if (!agents.some(row => row.agent === agent))
    throw unknownAgent(
      agents.map(row => row.agent),
      agent,
    )
  const tickets = plan.board.filter(entry => entry.agent === agent).map(({ticket}) => ticket)
  return daemon.call('landPlan', {...asked, tickets})
}

/** Lifts what halts landing, if the person agrees, and lets a paused train continue. */
async function resumed(daemon: DaemonConnection, plan: LandPlan, context: CommandContext): Promise<Landed> {
  const {halt} = plan
  if (halt !== null && !(await mayLift(halt, context))) throw halted(halt)
  await daemon.call('land', {tickets: [], ...(halt !== null && {lift: halt})})
  return {...nothing(await daemon.call('landPlan', {})), dryRun: true, halt: halt === null ? 'none to lift' : 'lifted'}
}

/** Asks the person; an agent's commands run in a ticket's environment, and no agent lifts a halt. */
async function mayLift(halt: Halt, context: CommandContext): Promise<boolean> {
  if (context.env.CLAMBAKE_TICKET !== undefined || !isLiftable(halt)) return false
  return context.confirm(
    `Landing is halted: ${safeLine(haltReason(halt))}\n${safeLine(haltLook(halt))}\nLift the halt for all daemons of this repository, and land?`,
  )
}

function halted(halt: Halt): ClambakeError {
  return new ClambakeError({
    code: 'landing-halted',
    message: `Nothing lands: ${haltReason(halt)}`,
    kept: 'bottled work waits with its claims',
    next: isLiftable(halt)
      ? `${haltLook(halt)}; then a person lifts the halt: clambake land in a terminal, or L on the screen`
      : haltLook(halt),
  })
}

/** A daemon that ended is started again within this time, unless a person ended it. */
const AGAIN_MS = 30_000

/**
 * Follows the tickets until each has merged, waits for a person, or went back to its agent. A daemon that starts again
 * continues them, and is followed in the place of the one that ended. `last`: the daemon that was followed last.
 */
async function untilLanded(first: DaemonConnection, landing: readonly number[], context: CommandContext) {
  const told = new Map<number, string>()
  let last = first
  let rows = await follow(last, {landing, told, context})
  while (rows === null) {
    const look = {everyMs: 500, timeoutMs: AGAIN_MS, clock: context.clock}
    const next = await poll(() => context.runningDaemon(), look)
    if (!next) throw ended(landing)
    last = next
    rows = await follow(last, {landing, told, context})
  }
  const {gates} = await last.call('landPlan', {})
  return {
    last,
    merged: rows.filter(row => row.phase === 'merged').map(row => row.number),
    waiting: rows
      .filter(row => row.phase !== 'merged')
      .map(row => ({
        ticket: row.number,
        reason: row.attention ?? 'it went back to its agent',
        gate: gates.find(({ticket}) => ticket === row.number)?.gate ?? [],
      })),
  }
}

function ended(landing: readonly number[]): ClambakeError {
  return new ClambakeError({
    code: 'disconnected',
    message: `the daemon ended before ${list(landing)} had landed`,
    kept: 'the work and its claims; a daemon that starts continues with them',
    next: 'clambake status',
  })
}

/** The tickets' rows once their landing is over; null: the daemon ended before. */
async function follow(
  daemon: DaemonConnection,
  {landing, told, context}: {landing: readonly number[]; told: Map<number, string>; context: CommandContext},
): Promise<readonly TicketRow[] | null> {
  const {promise, resolve} = Promise.withResolvers<readonly TicketRow[] | null>()
  void daemon.closed.then(() => resolve(null))
  const look = (tickets: readonly TicketRow[]) => {
    const rows = landing.flatMap(number => tickets.filter(row => row.number === number))
    for (const {number, phase, detail} of rows) {
      const state = detail ?? phase
      if (told.get(number) !== state) context.say(safeLine(`#${number} ${state}`))
      told.set(number, state)
    }
    if (rows.every(isOver)) resolve(rows)
  }
  using _following = daemon.on('state', ({tickets}) => tickets && look(tickets))
  try {
    look((await daemon.call('state', {})).tickets)
  } catch (error) {
    if (!hasCode(error, 'disconnected')) throw error
  }
  return await promise
}

/** The phases in which a ticket's landing has ended: it has landed, or an agent or a person is next. */
const IS_OVER: Readonly<Record<TicketPhase, boolean>> = {
  ready: false,
  claimed: true,
  working: true,
  review: false,
  blocked: true,
  merged: true,
  orphaned: true,
}

/** Whether `land` waits no longer for the ticket. */
function isOver({phase, attention}: TicketRow): boolean {
  return attention !== null || IS_OVER[phase]
}
