import {ClambakeError} from '../../base/errors.ts'
import {count} from '../../base/words.ts'
import type {State} from '../../model/core/state.ts'
import {type LandTerms, NO_TERMS} from '../../model/data/landing/terms.ts'
import {boardingOf} from '../../model/decide/train/depart.ts'
import {shownTrain} from '../../model/decide/train/shown.ts'
import {gatePolicy} from '../../model/landing/gate/policy.ts'
import {gateRows} from '../../model/landing/gate/rows.ts'
import {haltOf, haltReason, isLiftable} from '../../model/landing/halt.ts'
import {MERGE_WORDS} from '../../model/landing/merge-method.ts'
import {gateTerms, methodFor} from '../../model/landing/terms.ts'
import type {Boarding} from '../../model/landing/train/boarding.ts'
import {choicesOf, staysIn} from '../../model/landing/train/choices.ts'
import {guardedBy} from '../../model/landing/train/member.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import {hasLandable, type TicketState} from '../../model/ticket/ticket.ts'
import type {DaemonApi, LandPlan} from '../../protocol/daemon.ts'
import type {ApiParts} from './parts.ts'
import {nowOf} from './refuse-other.ts'

/** What boards when a person lands: what is bottled, and what was pushed and blocked on its way to main. */
export function boards(state: State): TicketState[] {
  return Object.values(state.tickets).filter(
    ({value, context}) => value === 'bottled' || (value === 'blocked' && hasLandable(context)),
  )
}

/** What waits for a person and goes on by itself; it is looked at again at once when a person lands. */
export function waiting(state: State): TicketState[] {
  return Object.values(state.tickets).filter(({value}) => value === 'held' || value === 'uncleaned')
}

/** A failure that a person could act on counts as nothing known. */
function unlessBug(error: unknown): null {
  if (error instanceof ClambakeError) return null
  throw error
}

/** Says what landing would do now: with all tickets, or with exactly those that a person chose. */
export async function landPlan(
  {engine, git, config, clock, claimOf}: ApiParts,
  {tickets: only, terms = NO_TERMS}: DaemonApi['landPlan']['params'],
): Promise<LandPlan> {
  const state = engine.state()
  const at = clock.now()
  const halt = haltOf(state.halt)
  const isMeant = ({context}: TicketState) => only === undefined || only.includes(context.issue)
  const boarding = boards(state)
  const bottled = boarding
    .filter(({value}) => value === 'bottled')
    .map(ticket => (isMeant(ticket) ? {...ticket, context: {...ticket.context, terms}} : ticket))
  const guarded = await guardedOf({git, config}, bottled)
  const plan = boardingOf(state, bottled.filter(isMeant), at, guarded)
  const again = waiting(state)
  const isLeaving = (ticket: TicketState) => isMeant(ticket) && staysIn(plan, ticket.context.issue) === null
  const board = await Promise.all(
    inOrder(boarding.filter(isLeaving), plan).map(async ({context}) => {
      // What lands are commits: a worktree that cannot be read only lacks its figures.
      const work = context.worktree ? await git.inspect(context.worktree).catch(unlessBug) : null
      return {
        ...nowOf(claimOf, context.issue),
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
  const repaired = Object.values(state.tickets)
    .filter(ticket => TICKET_STATES[ticket.value].is.putOff && !boarding.includes(ticket))
    .map(({context}) => ({ticket: context.issue, title: context.title, reason: context.reason ?? 'is being repaired'}))
  const stays = boarding
    .filter(ticket => !isLeaving(ticket))
    .map(ticket => ({
      ticket: ticket.context.issue,
      title: ticket.context.title,
      reason: (isMeant(ticket) ? staysIn(plan, ticket.context.issue) : null) ?? 'not chosen',
    }))
  const gates = Object.values(state.tickets).flatMap(({value, context}) => {
    const {issue: ticket, title, pull, gate} = context
    if (pull === null || gate.length === 0 || TICKET_STATES[value].is.over) return []
    return [{ticket, title, pull, gate: gateRows(gate)}]
  })
  const bottledNumbers = bottled.map(({context}) => context.issue)
  const choices = choicesOf(
    issues =>
      boardingOf(
        state,
        bottled.filter(({context}) => issues.includes(context.issue)),
        at,
        guarded,
      ),
    {bottled: bottledNumbers, chosen: bottled.filter(isMeant).map(({context}) => context.issue)},
  )
  const others = [...boarding.filter(({value}) => value !== 'bottled'), ...again]
  return {
    board,
    putOff: [...stays, ...repaired],
    choices: [
      ...choices.map(choice => ({...choice, title: state.tickets[choice.ticket]?.context.title ?? ''})),
      ...others.map(ticket => ({
        ticket: ticket.context.issue,
        title: ticket.context.title,
        chosen: isMeant(ticket),
        cannot: null,
      })),
      ...repaired.map(({ticket, title, reason}) => ({ticket, title, chosen: false, cannot: reason})),
    ],
    train: shownTrain(state),
    gates,
    again: again.filter(isMeant).map(({context}) => ({
      ...nowOf(claimOf, context.issue),
      title: context.title,
      reason: context.reason ?? 'it waits for you',
    })),
    halt,
    steps: stepsOf(state, plan, {board, config, terms}),
  }
}

/** Which tickets change what is protected, each with why it lands by its own pull request. */
async function guardedOf(
  {git, config}: Pick<ApiParts, 'git' | 'config'>,
  tickets: readonly TicketState[],
): Promise<ReadonlyMap<number, string>> {
  const heads = tickets.flatMap(({context: {issue, head}}) => (head === null ? [] : [{issue, head}]))
  if (heads.length === 0) return new Map()
  const changes = await git.workChanges(heads.map(({head}) => head))
  const policy = gatePolicy(config)
  const found = heads.map(({issue, head}) => [issue, guardedBy(changes.get(head) ?? [], policy)] as const)
  return new Map(found.filter((entry): entry is readonly [number, string] => entry[1] !== null))
}

/** Who boards the bundle first, in the order in which they do; then who lands alone. */
function inOrder(tickets: readonly TicketState[], {aboard}: Boarding): TicketState[] {
  const place = ({context}: TicketState) => (aboard.includes(context.issue) ? aboard.indexOf(context.issue) : Infinity)
  return tickets.toSorted((a, b) => place(a) - place(b) || a.context.issue - b.context.issue)
}

/** Why the ticket lands by its own pull request; null: it does not. */
function aloneIn({alone, aboard}: Boarding, issue: number): string | null {
  if (aboard.includes(issue)) return null
  return alone.find(({ticket}) => ticket === issue)?.why ?? 'it has a pull request of its own'
}

/** What happens one after another. */
function stepsOf(
  state: State,
  {aboard}: Boarding,
  {board, config, terms}: Pick<LandPlan, 'board'> & Pick<ApiParts, 'config'> & {terms: LandTerms},
): string[] {
  const halt = haltOf(state.halt)
  return [
    ...(halt === null || !isLiftable(halt)
      ? []
      : [`the halt is lifted for all daemons of this repository: ${haltReason(halt)}`]),
    ...(state.train.paused === null ? [] : [`the train continues: ${state.train.paused.reason}`]),
    ...(aboard.length === 0
      ? []
      : [
          `${count(aboard.length, 'ticket')} ${aboard.map(ticket => `#${ticket}`).join(' ')} board one bundle, a commit each, in this order`,
          'its checks run; when the gate allows it, it merges, and each ticket stays one commit on main',
        ]),
    ...(board.some(({alone}) => alone !== null)
      ? [
          'a pull request is opened for each ticket that lands alone',
          `checks run; each merges by ${MERGE_WORDS[methodFor(config, terms)]} in turn, when the gate allows it`,
        ]
      : []),
    ...gateTerms(terms),
    config.integration.delete_after_merge || terms.deleteBranch
      ? 'branches and worktrees go after the merge is seen on main'
      : 'worktrees go after the merge is seen on main; branches stay',
  ]
}
