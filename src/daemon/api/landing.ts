import {ClambakeError, usageError} from '../../base/errors.ts'
import type {State} from '../../model/core/state.ts'
import {type LandTerms, NO_TERMS} from '../../model/data/landing/terms.ts'
import {isMeant, type Meant} from '../../model/hub/meant.ts'
import {type Halt, haltNext, haltOf, haltReason} from '../../model/landing/halt.ts'
import {MERGE_WORDS, type MergeMethod} from '../../model/landing/merge-method.ts'
import type {TicketContext} from '../../model/ticket/context.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {TicketState} from '../../model/ticket/ticket.ts'
import type {DaemonApi} from '../../protocol/daemon.ts'
import {boards, landPlan, waiting} from './land-plan.ts'
import {type ApiParts, type Handlers, ticketOf} from './parts.ts'
import {nowOf} from './refuse-other.ts'

/** The methods that bring finished work to main. */
export function landingApi(
  parts: ApiParts,
): Handlers<'bottle' | 'landPlan' | 'land' | 'landingReport' | 'pauseLanding'> {
  const {engine} = parts
  return {
    bottle: params => bottle(parts, params),
    async landPlan(params) {
      await possibleTerms(parts, params.terms)
      if (params.look) await seeHalt(parts)
      return landPlan(parts, params)
    },
    async land({tickets, lift, terms: asked}) {
      const {terms, notes} = await possibleTerms(parts, asked)
      toLand(parts, tickets)
      if (lift) await liftHalt(parts, lift)
      else refuseHalted(engine.state())
      // While the halt was lifted, a ticket may have gone back to its agent.
      const landing = toLand(parts, tickets)
      engine.dispatch({type: 'landAsked', tickets: tickets === undefined ? null : landing, terms})
      return {landing, notes}
    },
    landingReport: async ({tickets}) => parts.landingLog.report(tickets),
    async pauseLanding({reason}) {
      const {git, caller} = parts
      const text = reason === '' ? `paused by ${caller}` : `paused by ${caller}: ${reason}`
      await git.haltLanding({kind: 'pause', reason: text, from: null, to: null})
      return {halt: await seeHalt(parts)}
    },
  }
}

/** Reads from the remote what halts landing, which another daemon may have written since the last look. */
async function seeHalt({engine, git}: ApiParts): Promise<Halt | null> {
  const halt = await git.halt({fresh: true})
  engine.dispatch({type: 'haltSeen', halt})
  return halt
}

/** The tickets that land when a person asks for these, or for all. Throws `not-bottled`. */
function toLand({engine, claimOf}: ApiParts, tickets: Meant[] | undefined): number[] {
  const state = engine.state()
  const ready = [...boards(state), ...waiting(state)].map(({context}) => context.issue)
  for (const meant of tickets ?? []) {
    const issue = meant.ticket
    if (!ready.includes(issue)) throw notReady({issue, value: state.tickets[issue]?.value, to: 'land'})
    if (!isMeant(nowOf(claimOf, issue), meant)) throw otherClaim(issue)
  }
  return tickets?.map(({ticket}) => ticket) ?? ready
}

/**
 * What of a person's terms this repository admits. Without auto-merge Clambake lands by itself, which a note says. Throws
 * `strategy-refused` and `people-merge`. Where the rules could not be read, GitHub refuses what it does not admit itself.
 */
async function possibleTerms(
  {github, config}: ApiParts,
  terms: LandTerms = NO_TERMS,
): Promise<{terms: LandTerms; notes: string[]}> {
  const {strategy, autoMerge} = terms
  if (autoMerge && !config.integration.auto_merge) throw peopleMerge()
  const rules = strategy === null && !autoMerge ? null : await github.bundleRules()
  if (strategy !== null && rules !== null && !rules.methods.includes(strategy)) {
    throw strategyRefused(strategy, rules.methods)
  }
  if (!autoMerge || rules === null || rules.autoMerge) return {terms, notes: []}
  const note = 'This repository does not allow auto-merge (its settings on GitHub), so Clambake lands by itself.'
  return {terms: {...terms, autoMerge: false}, notes: [note]}
}

function strategyRefused(strategy: MergeMethod, methods: readonly MergeMethod[]): ClambakeError {
  return usageError({
    code: 'strategy-refused',
    message: `This repository does not merge by ${MERGE_WORDS[strategy]}`,
    kept: 'the train is as it was',
    next:
      methods.length === 0
        ? 'allow a way to merge in the settings of the repository on GitHub'
        : `clambake land --strategy ${methods.join(', or --strategy ')}; or allow it in the settings on GitHub`,
  })
}

function peopleMerge(): ClambakeError {
  return usageError({
    code: 'people-merge',
    message: 'People merge in this repository (integration.auto_merge is off), so nothing is left to auto-merge',
    kept: 'the train is as it was',
    next: 'land without --auto-merge',
  })
}

/** Lifts what the person was shown; whatever was noticed since stays a halt. */
async function liftHalt({engine, git, caller}: ApiParts, {oid, causes: shown}: Halt): Promise<void> {
  // What a blocker holds is in no record, and ends with it.
  const causes = shown.filter(({kind}) => kind !== 'held')
  if (causes.length > 0) {
    await git.liftHalt({oid, causes}, caller)
    engine.dispatch({type: 'haltLifted', causes, by: caller})
  }
  refuseHalted(engine.state())
}

/** Throws `landing-halted`. */
function refuseHalted({halt: known}: State): void {
  const halt = haltOf(known)
  if (halt === null) return
  throw new ClambakeError({
    code: 'landing-halted',
    message: `Nothing lands: ${haltReason(halt)}`,
    kept: 'bottled work waits with its claims',
    next: haltNext(halt),
  })
}

async function bottle(
  parts: ApiParts,
  {agent, meant}: DaemonApi['bottle']['params'],
): Promise<DaemonApi['bottle']['result']> {
  const {engine, git} = parts
  const {value, context} = ticketOf(parts, agent, meant)
  // In any other state the request would have no effect, and waiting for its end would never stop.
  const canBottle = value === 'working' || TICKET_STATES[value].is.bottling
  if (context.worktree === null || !canBottle) {
    throw notReady({issue: context.issue, value, to: 'be bottled'})
  }
  const {commits, dirty} = await git.inspect(context.worktree)
  // Unfinished work is refused here; the ticket would count it as a turn that ended too early.
  if (commits.length === 0 || dirty.length > 0) throw unfinished(agent, {...context, dirty})
  engine.dispatch({type: 'bottleAsked', ticket: context.issue})
  const end = await engine.until(state => bottled(state.tickets[context.issue], context.epoch))
  if (end === 'gone') throw notReady({issue: context.issue, value: undefined, to: 'be bottled'})
  if (readsMessage(context, end)) {
    throw new ClambakeError({
      code: 'not-bottled',
      message: `#${context.issue} is not bottled yet: ${agent} reads a message first`,
      kept: `everything in ${context.worktree}`,
      next: 'wait: its work is looked at again after that turn',
    })
  }
  if (!TICKET_STATES[end.value].has.bottle) {
    throw new ClambakeError({
      code: 'not-bottled',
      message: `#${context.issue} could not be bottled: ${end.context.reason ?? 'it has no commit, or uncommitted files'}`,
      kept: `everything in ${context.worktree}`,
      next: 'commit what is to land, then bottle again',
    })
  }
  return {ticket: context.issue, head: end.context.head ?? '', commits: commits.length}
}

/** Whether the agent of a ticket works on although nothing is wrong with its work: a message waited for it. */
function readsMessage(before: TicketContext, {value, context}: TicketState): boolean {
  const faults = ({nudges, failedVerifies, ruleRepairs}: TicketContext) => nudges + failedVerifies + ruleRepairs
  return value === 'working' && faults(context) === faults(before)
}

/** How bottling ended; `gone`: the ticket was released. undefined: it has not. */
function bottled(ticket: TicketState | undefined, epoch: number): TicketState | 'gone' | undefined {
  if (!ticket) return 'gone'
  if (ticket.context.epoch === epoch) return undefined
  return TICKET_STATES[ticket.value].is.bottling ? undefined : ticket
}

function unfinished(
  agent: string,
  {issue, worktree, dirty}: {issue: number; worktree: string | null; dirty: readonly string[]},
): ClambakeError {
  const [first, ...more] = dirty
  const changed = `${first}${more.length > 0 ? ` and ${more.length} more` : ''} ${more.length > 0 ? 'are' : 'is'} not committed`
  return new ClambakeError({
    code: 'nothing-to-bottle',
    message: `#${issue} is not ready to be bottled: ${first === undefined ? 'it has no commit of its own' : changed}`,
    kept: `everything in ${worktree}; ${agent} keeps working`,
    next: `commit the work there, or tell the agent to: clambake attach ${agent}`,
  })
}

function otherClaim(issue: number): ClambakeError {
  return new ClambakeError({
    code: 'not-bottled',
    message: `#${issue} was released and claimed once more since it was shown: what waits now is other work`,
    kept: 'nothing lands',
    next: 'look at the plan again: clambake land --dry-run, or L on the screen',
  })
}

function notReady(options: {issue: number; value: TicketState['value'] | undefined; to: string}): ClambakeError {
  const {issue, value, to} = options
  return new ClambakeError({
    code: 'not-bottled',
    message: `#${issue} cannot ${to} now: it is ${value ?? 'not claimed here'}`,
    next: 'clambake status shows what is bottled',
  })
}
