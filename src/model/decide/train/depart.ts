import {type Draft, moveTicket} from '../../core/draft.ts'
import type {FactOf} from '../../core/facts.ts'
import type {State} from '../../core/state.ts'
import {type BundleMember, bundleBranch, type NotedTest} from '../../data/landing/bundle.ts'
import {hasName} from '../../data/names.ts'
import {haltOf} from '../../landing/halt.ts'
import {aloneBy, joinTerms} from '../../landing/terms.ts'
import {type Boarding, type Passenger, planBoarding} from '../../landing/train/boarding.ts'
import {openOfItsBranch} from '../../landing/train/member.ts'
import {hasEnded} from '../../landing/train/pause.ts'
import {PRIORITY} from '../../routing/order.ts'
import type {TicketContext} from '../../ticket/context.ts'
import type {TicketState} from '../../ticket/ticket.ts'
import {clashesOf, underRepair} from './losers.ts'
import {openPullOf} from './members.ts'
import {lookMs, moveTrain, record} from './move.ts'

/** In a pass without a schedule a ticket that lands alone is waited for so long, so that the others need no new checks. */
const ALONE_MS = 10 * 60_000

/** Lets a train depart when one is due: tickets that were called and no train under way. */
export function departTrain(draft: Draft): void {
  endPause(draft)
  const {state, at} = draft
  if (state.train.now.value !== 'waiting' || state.train.paused !== null || haltOf(state.halt) !== null) return
  const meant = Object.values(state.tickets).filter(
    ({value, context}) => value === 'bottled' && context.boarded && !state.train.takenOff.includes(context.issue),
  )
  // The train that the others were taken off does not leave any more, so they wait for none.
  if (meant.length === 0) putOnAgain(draft)
  const called = meant.filter(({context}) => !restsBetween(context, state, at))
  if (called.length === 0 || isOccupied(state, at)) return
  board(draft, boardingOf(state, called, at))
  putOnAgain(draft)
}

/** Lets those that a person took off one train board the next. */
export function putOnAgain(draft: Draft): void {
  const {train} = draft.state
  if (train.takenOff.length > 0) draft.state = {...draft.state, train: {...train, takenOff: []}}
}

/** One that a train put back does not board the next one in the same moment: what hindered it has to end first. */
function restsBetween({putBackAt}: TicketContext, state: State, at: number): boolean {
  return putBackAt > 0 && at - putBackAt < lookMs(state)
}

/** Who of the tickets would board at this moment. `guarded`: why a ticket needs a person, where its files were looked at. */
export function boardingOf(
  state: State,
  tickets: readonly TicketState[],
  at: number,
  guarded: ReadonlyMap<number, string> = new Map(),
): Boarding {
  const why = aloneForAll(state)
  const terms = tickets.map(({context}) => context.terms)
  const passengers = tickets.map(
    ({context}): Passenger => ({
      ticket: context.issue,
      priority: Math.max(priorityOf(state, context.issue), priorityOfRepair(context)),
      since: context.since,
      setBacks: context.setBacks,
      alone:
        why ??
        context.alone ??
        aloneBy(context.terms, terms) ??
        aloneByHand(state, context) ??
        guarded.get(context.issue) ??
        null,
    }),
  )
  const {max_bundle_size: size, conflict_strategy: conflicts} = state.config.bundling
  return planBoarding(passengers, {clashes: clashesOf(state), underRepair: underRepair(state), size, at, conflicts})
}

function board(draft: Draft, {aboard, alone, repair, stays}: Boarding): void {
  for (const {ticket, paths} of repair) {
    moveTicket(draft, ticket, {type: 'sentBack', repair: {kind: 'conflict', paths}, culprit: false})
  }
  for (const {ticket, why} of alone) moveTicket(draft, ticket, {type: 'land', alone: why})
  const isNew = stays.length > 0 && JSON.stringify(stays) !== JSON.stringify(draft.state.train.stayed)
  draft.state = {...draft.state, train: {...draft.state.train, stayed: stays}}
  if (isNew) {
    record(draft, {message: `stays behind: ${stays.map(({ticket, why}) => `#${ticket} (${why})`).join(', ')}`})
  }
  if (aboard.length === 0) return
  const branch = bundleBranch(draft.at, aboard[0]!)
  const members = aboard.map(ticket => memberOf(draft.state.tickets[ticket]!))
  for (const {ticket} of members) moveTicket(draft, ticket, {type: 'boarded', bundle: branch})
  const terms = joinTerms(aboard.map(ticket => draft.state.tickets[ticket]!.context.terms))
  moveTrain(draft, {type: 'depart', branch, members, terms, left: null})
  record(draft, {message: `train left: ${aboard.map(ticket => `#${ticket}`).join(' ')}`})
}

/**
 * Continues the bundle that an earlier run of this daemon left under test, where all its tickets were restored and their
 * claims note the same test. Whatever the gate and main's rules say is asked again, as of any that departs; its commits
 * are the same unless main moved, and so are its pull request and its checks.
 */
export function continueTrain(draft: Draft, restored: FactOf<'restored'>['tickets']): void {
  if (aloneForAll(draft.state) !== null || draft.state.train.now.value !== 'waiting') return
  for (const {ticket, test} of restored) {
    const {bundle: branch} = ticket.context
    if (test === undefined || branch === null) continue
    const aboard = test.members.flatMap(issue => {
      const found = restored.find(({ticket: {context}}) => context.issue === issue)
      return found && isSameTest(found, {branch, test}) ? [draft.state.tickets[issue]!] : []
    })
    if (aboard.length < 2 || aboard.length < test.members.length) continue
    for (const {context} of aboard) moveTicket(draft, context.issue, {type: 'boarded', bundle: branch})
    const members = aboard.map(memberOf)
    const terms = joinTerms(aboard.map(({context}) => context.terms))
    const failures = test.failed.map(name => ({name, summary: 'it failed before the daemon started again', url: null}))
    moveTrain(draft, {type: 'depart', branch, members, terms, left: {...test, members, failures}})
    record(draft, {message: `train continues: ${aboard.map(({context: {issue}}) => `#${issue}`).join(' ')}`})
    return
  }
}

function isSameTest(
  {ticket: {value, context}, test}: FactOf<'restored'>['tickets'][number],
  of: {branch: string; test: NotedTest},
): boolean {
  const isWhole = value === 'bottled' && context.bundle === of.branch && context.head !== null
  return isWhole && JSON.stringify(test) === JSON.stringify(of.test)
}

function memberOf({context}: TicketState): BundleMember {
  const {issue, title, agent, branch, head} = context
  return {ticket: issue, title, agent, branch, head: head ?? ''}
}

/** Why no ticket of this repository lands in a bundle; null: they may. */
function aloneForAll({config}: State): string | null {
  if (!config.bundling.enabled) return 'bundling is off'
  if (config.bundling.max_bundle_size === 1) return 'bundling.max_bundle_size is 1'
  if (!config.integration.auto_merge) return 'people merge: integration.auto_merge is off'
  if (config.integration.require_reviews > 0) return 'each needs a review of its own: integration.require_reviews'
  return null
}

/** By what a person keeps a ticket out of bundles: its label, or a pull request of its branch. */
function aloneByHand(state: State, {issue, branch}: TicketContext): string | null {
  const labels = state.issues.find(({number}) => number === issue)?.labels ?? []
  const {alone_label: label} = state.config.bundling
  if (hasName(labels, label)) return `it is labelled ${label}`
  const pull = openPullOf(state, branch)
  return pull ? openOfItsBranch(pull) : null
}

function priorityOf({queue}: State, issue: number): number {
  return PRIORITY[queue.find(candidate => candidate.issue.number === issue)?.priority ?? 'none']
}

/** Work that lost to another and was repaired goes before what is new, or it would lose until its repairs are used up. */
function priorityOfRepair({conflicts}: TicketContext): number {
  return conflicts > 0 ? PRIORITY.merge : PRIORITY.none
}

/**
 * Whether a ticket that lands alone is about to move main: a bundle that departs now would be tested twice. Without a
 * schedule there is no departure to keep to, so one whose checks run is waited for as well, though not for long.
 */
function isOccupied({tickets, config, mode}: State, at: number): boolean {
  return Object.values(tickets).some(({value, context}) => {
    if (value === 'merging' || value === 'updating') return true
    if (value === 'mergeable') return config.integration.auto_merge
    if (value === 'checking' && context.front) return true
    const isFresh = at - context.since < ALONE_MS
    return mode.landing === 'at once' && isFresh && (value === 'opening' || value === 'checking')
  })
}

function endPause(draft: Draft): void {
  const {train, main} = draft.state
  if (train.paused === null || !hasEnded(train.paused, {at: draft.at, main})) return
  draft.state = {...draft.state, train: {...train, paused: null}}
}
