import {ClambakeError} from '../../base/errors.ts'
import {count} from '../../base/words.ts'
import type {State} from '../../model/core/state.ts'
import {boardingOf} from '../../model/decide/train/depart.ts'
import {shownTrain} from '../../model/decide/train/shown.ts'
import {gateRows} from '../../model/landing/gate/rows.ts'
import {type Halt, haltLook, haltOf, haltReason, LIFT} from '../../model/landing/halt.ts'
import {MERGE_WORDS} from '../../model/landing/merge-method.ts'
import type {Boarding} from '../../model/landing/train/boarding.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import {hasLandable, type TicketState} from '../../model/ticket/ticket.ts'
import type {DaemonApi, LandPlan} from '../../protocol/daemon.ts'
import {type ApiParts, type Handlers, ticketOf} from './parts.ts'

/** The methods that bring finished work to main. */
export function landingApi(parts: ApiParts): Handlers<'bottle' | 'landPlan' | 'land' | 'pauseLanding'> {
  const {engine} = parts
  return {
    bottle: params => bottle(parts, params),
    landPlan: () => landPlan(parts),
    async land({tickets, lift}) {
      const state = engine.state()
      const ready = [...boards(state), ...waiting(state)].map(({context}) => context.issue)
      const wrong = tickets?.find(issue => !ready.includes(issue))
      if (wrong !== undefined) {
        throw notReady({issue: wrong, value: state.tickets[wrong]?.value, to: 'land'})
      }
      if (lift) await liftHalt(parts, lift)
      else refuseHalted(engine.state())
      engine.dispatch({type: 'landAsked', tickets: tickets ?? null})
      return {landing: tickets ?? ready}
    },
    async pauseLanding({reason}) {
      const {git, caller} = parts
      const text = reason === '' ? `paused by ${caller}` : `paused by ${caller}: ${reason}`
      await git.haltLanding({kind: 'pause', reason: text, from: null, to: null})
      const halt = await git.halt({fresh: true})
      engine.dispatch({type: 'haltSeen', halt})
      return {halt}
    },
  }
}

/** Lifts what the person was shown; whatever was noticed since stays a halt. */
async function liftHalt({engine, git, caller}: ApiParts, {oid, causes}: Halt): Promise<void> {
  await git.liftHalt({oid, causes}, caller)
  engine.dispatch({type: 'haltLifted', causes, by: caller})
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
    next: `${haltLook(halt)}; then ${LIFT}`,
  })
}

async function bottle(
  {engine, git}: ApiParts,
  {agent}: DaemonApi['bottle']['params'],
): Promise<DaemonApi['bottle']['result']> {
  const {value, context} = ticketOf(engine.state(), agent)
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

function bottled(ticket: TicketState | undefined, epoch: number): TicketState | undefined {
  if (!ticket || ticket.context.epoch === epoch) return undefined
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

function notReady(options: {issue: number; value: TicketState['value'] | undefined; to: string}): ClambakeError {
  const {issue, value, to} = options
  return new ClambakeError({
    code: 'not-bottled',
    message: `#${issue} is not ready to ${to}: ${value ?? 'it is not claimed here'}`,
    next: 'clambake status shows what is bottled',
  })
}

/** What boards when a person lands: what is bottled, and what was pushed and blocked on its way to main. */
function boards(state: State): TicketState[] {
  return Object.values(state.tickets).filter(
    ({value, context}) => value === 'review' || (value === 'blocked' && hasLandable(context)),
  )
}

/** What waits for a person and goes on by itself; it is looked at again at once when a person lands. */
function waiting(state: State): TicketState[] {
  return Object.values(state.tickets).filter(({value}) => value === 'held' || value === 'uncleaned')
}

/** Why the ticket lands by its own pull request; null: it does not. */
function aloneIn({alone, aboard}: Boarding, issue: number): string | null {
  if (aboard.includes(issue)) return null
  return alone.find(({ticket}) => ticket === issue)?.why ?? 'it has a pull request of its own'
}

/** Why the ticket does not leave with this train; null: it does. */
function staysIn({stays, repair}: Boarding, issue: number): string | null {
  const conflict = repair.find(({ticket}) => ticket === issue)
  if (conflict) return `conflicts with main in ${conflict.paths.join(', ')}, and goes back to its agent`
  return stays.find(({ticket}) => ticket === issue)?.why ?? null
}

async function landPlan({engine, git, config, clock}: ApiParts): Promise<LandPlan> {
  const state = engine.state()
  const halt = haltOf(state.halt)
  const boarding = boards(state)
  const bottled = boarding.filter(({value}) => value === 'review')
  const plan = boardingOf(state, bottled, clock.now())
  const again = waiting(state)
  const board = await Promise.all(
    boarding
      .filter(({context}) => !staysIn(plan, context.issue))
      .map(async ({context}) => {
        const work = context.worktree ? await git.inspect(context.worktree) : null
        return {
          ticket: context.issue,
          title: context.title,
          agent: context.agent,
          branch: context.branch,
          commits: work?.commits.length ?? 0,
          added: work?.changed.reduce((sum, file) => sum + file.added, 0) ?? 0,
          removed: work?.changed.reduce((sum, file) => sum + file.removed, 0) ?? 0,
          pull: context.pull,
          alone: aloneIn(plan, context.issue),
        }
      }),
  )
  const putOff = Object.values(state.tickets)
    .filter(ticket => TICKET_STATES[ticket.value].is.putOff && !boarding.includes(ticket))
    .map(({context}) => ({ticket: context.issue, title: context.title, reason: context.reason ?? 'is being repaired'}))
  const stays = bottled.flatMap(({context: {issue: ticket, title}}) => {
    const reason = staysIn(plan, ticket)
    return reason === null ? [] : [{ticket, title, reason}]
  })
  const gates = Object.values(state.tickets).flatMap(({value, context}) => {
    const {issue: ticket, title, pull, gate} = context
    if (pull === null || gate.length === 0 || TICKET_STATES[value].is.over) return []
    return [{ticket, title, pull, gate: gateRows(gate)}]
  })
  return {
    board,
    putOff: [...stays, ...putOff],
    train: shownTrain(state),
    gates,
    again: again.map(({context}) => ({
      ticket: context.issue,
      title: context.title,
      reason: context.reason ?? 'it waits for you',
    })),
    halt,
    steps: [
      ...(halt === null ? [] : [`the halt is lifted for all daemons of this repository: ${haltReason(halt)}`]),
      ...(state.train.paused === null ? [] : [`the train continues: ${state.train.paused.reason}`]),
      ...(plan.aboard.length === 0
        ? []
        : [
            `${count(plan.aboard.length, 'ticket')} ${plan.aboard.map(ticket => `#${ticket}`).join(' ')} board one bundle, a commit each, in this order`,
            'its checks run; when the gate allows it, it merges, and each ticket stays one commit on main',
          ]),
      ...(board.some(({alone}) => alone !== null)
        ? [
            'a pull request is opened for each ticket that lands alone',
            `checks run; each merges by ${MERGE_WORDS[config.integration.merge_strategy]} in turn, when the gate allows it`,
          ]
        : []),
      config.integration.delete_after_merge
        ? 'branches and worktrees go after the merge is seen on main'
        : 'worktrees go after the merge is seen on main; branches stay',
    ],
  }
}
