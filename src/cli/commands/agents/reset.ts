import * as z from 'zod'
import {EXIT, usageError} from '../../../base/errors.ts'
import {safeLine} from '../../../base/text.ts'
import {count} from '../../../base/words.ts'
import type {AgentId} from '../../../model/data/ids.ts'
import {meantBy} from '../../../model/hub/meant.ts'
import type {AgentRow, ResetReport} from '../../../protocol/daemon.ts'
import {consent, YES_OPTION} from '../../consent.ts'
import type {DaemonConnection} from '../../context.ts'
import {defineCommand} from '../../define.ts'
import {agentName, agentsArgument} from '../../inputs.ts'

const several = {
  agents: z.array(agentName).default([]),
  all: z.boolean().default(false),
}
const allOption = {flags: '--all', description: 'every agent that has a ticket'}

/** What became of one agent; `refused` hides none of the others. */
type Stopped = {agent: AgentId; saved: string | null; refused: string | null}
type ResetDone = {
  outcome: 'done' | 'plan' | 'declined'
  resets: {report: ResetReport; refused: string | null}[]
}

export const agentsStop = defineCommand({
  name: 'agents stop',
  summary: 'stop agents; their work is saved first and their tickets wait for you',
  does: 'asks',
  args: [agentsArgument],
  options: {all: allOption, yes: {...YES_OPTION, description: 'with --all: do not ask'}},
  schema: () => z.object({...several, yes: z.boolean().default(false)}),
  examples: [
    ['clambake agents stop agent002', 'branch and worktree stay; agents start continues'],
    ['clambake agents stop a1 a2', 'stop two of them'],
    ['clambake agents stop --all', 'show every agent that works, ask, and stop them'],
  ],
  async run(input, context): Promise<{stopped: Stopped[]}> {
    assertChosen('agents stop', input)
    const daemon = await context.daemon()
    const agents = await chosenAgents(input, daemon)
    let seen: readonly AgentRow[] = []
    if (input.all && agents.length > 0) {
      const rows = (await daemon.call('state', {})).agents.filter(({agent}) => agents.includes(agent))
      seen = rows
      await consent(context, {
        yes: input.yes,
        plan: rows.map(({agent, ticket, title}) => safeLine(`${agent}  #${ticket} ${title ?? ''}`)).join('\n'),
        question: `Stop ${count(agents.length, 'agent')}? Their work is saved first, and their tickets wait for you.`,
        refused: `${count(agents.length, 'agent')} ${agents.length === 1 ? 'was' : 'were'} not stopped`,
        again: 'agents stop --all',
      })
    }
    const stopped: Stopped[] = []
    for (const agent of agents) {
      const row = seen.find(shown => shown.agent === agent)
      const params = {agent, ...(row && meantBy(row))}
      const one = await orRefused(agents, () => daemon.call('stopAgent', params, {timeoutMs: null}))
      stopped.push({agent, saved: one.value?.saved ?? null, refused: one.refused})
    }
    return {stopped}
  },
  text: ({stopped}) =>
    stopped.length === 0
      ? 'No agent has a ticket.'
      : stopped
          .flatMap(({agent, saved, refused}) =>
            refused !== null
              ? [`✗ ${agent}: ${safeLine(refused)}`]
              : [`${agent} is stopped`, ...(saved ? [`kept: ${saved}`] : []), `next: clambake agents start ${agent}`],
          )
          .join('\n'),
  exit: ({stopped}) => (stopped.some(({refused}) => refused !== null) ? EXIT.needsHuman : EXIT.good),
})

export const agentsReset = defineCommand({
  name: 'agents reset',
  summary: 'stop agents, save their work in rescue refs and release their tickets',
  does: 'asks',
  args: [agentsArgument],
  options: {
    all: allOption,
    yes: YES_OPTION,
    dryRun: {flags: '--dry-run', description: 'only print what would be done'},
  },
  schema: () => z.object({...several, yes: z.boolean().default(false), dryRun: z.boolean().default(false)}),
  examples: [
    ['clambake agents reset agent001', 'print the plan, with what becomes of its pull request, then ask'],
    ['clambake agents reset agent001 --yes', 'do not ask; afterwards any agent may take the issue'],
    ['clambake agents reset --all --dry-run', 'print the plan for all'],
  ],
  async run(input, context): Promise<ResetDone> {
    assertChosen('agents reset', input)
    const daemon = await context.daemon()
    const agents = await chosenAgents(input, daemon)
    const plans: ResetReport[] = []
    for (const agent of agents) {
      const plan = await orRefused(agents, () => daemon.call('reset', {agent, dryRun: true}, {timeoutMs: null}))
      if (plan.value) plans.push(plan.value)
      else context.say(`✗ ${agent}: ${safeLine(plan.refused ?? '')}`)
    }
    const planned = plans.map(report => ({report, refused: null}))
    if (input.dryRun || plans.length === 0) return {resets: planned, outcome: 'plan'}
    if (!input.yes) {
      for (const plan of plans) context.say(planText(plan))
      const question = `Reset ${plans.map(({agent}) => agent).join(', ')}?`
      if (!(await context.confirm(question))) return {resets: planned, outcome: 'declined'}
    }
    const group = crypto.randomUUID()
    const resets: ResetDone['resets'] = []
    for (const plan of plans) {
      const params = {agent: plan.agent, ...meantBy(plan), group}
      const done = await orRefused(agents, () => daemon.call('reset', params, {timeoutMs: null}))
      resets.push({report: done.value ?? plan, refused: done.refused})
    }
    return {resets, outcome: 'done'}
  },
  text({resets, outcome}) {
    if (outcome === 'plan') return resets.map(({report}) => planText(report)).join('\n') || 'No agent has a ticket.'
    if (outcome === 'declined') return 'Nothing was changed. --yes resets without asking.'
    const lines = resets.flatMap(({report: {agent, ticket, saved, isReady}, refused}) =>
      refused !== null
        ? [`✗ ${agent}: ${safeLine(refused)}`]
        : [
            `${agent} is reset; #${ticket} is ${isReady ? 'ready again' : 'released; a person must label it'}`,
            ...(saved === null ? [] : [`kept: ${saved}`]),
          ],
    )
    return [...lines, 'clambake undo takes it back'].join('\n')
  },
  exit: ({outcome, resets}) =>
    outcome === 'declined' || resets.some(({refused}) => refused !== null) ? EXIT.needsHuman : EXIT.good,
})

type Chosen = {agents: readonly AgentId[]; all: boolean}

/** Throws `bad-usage` unless either agents are named or all are meant. */
function assertChosen(command: string, {agents, all}: Chosen): void {
  if (agents.length > 0 !== all) return
  const what = all ? '--all and names of agents exclude each other' : 'the name of an agent, or --all, is missing'
  throw usageError({
    code: 'bad-usage',
    message: `${command}: ${what}`,
    next: 'clambake agents list shows them',
  })
}

/** The named agents, or with `all` those that have a ticket. */
async function chosenAgents({agents, all}: Chosen, daemon: DaemonConnection): Promise<readonly AgentId[]> {
  if (!all) return [...new Set(agents)]
  const state = await daemon.call('state', {})
  return state.agents.filter(({ticket}) => ticket !== null).map(({agent}) => agent)
}

/** Of one agent the error is the command's; of several, one that is refused must not hide the others. */
async function orRefused<T>(
  agents: readonly AgentId[],
  task: () => Promise<T>,
): Promise<{value: T; refused: null} | {value: null; refused: string}> {
  try {
    return {value: await task(), refused: null}
  } catch (error) {
    if (agents.length === 1) throw error
    return {value: null, refused: error instanceof Error ? error.message : String(error)}
  }
}

function planText({agent, ticket, steps}: ResetReport): string {
  return [`Reset of ${agent} on #${ticket}:`, ...steps.map(step => `  ${safeLine(step)}`)].join('\n')
}
