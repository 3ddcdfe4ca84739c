import {count} from '../../base/words.ts'
import {type Draft, moveTicket, setTicket} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {Fact, LandingFact} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import {type LandTerms, NO_TERMS, sameTerms} from '../data/landing/terms.ts'
import {judgeMerge} from '../landing/gate/gate.ts'
import {mayHandOver} from '../landing/gate/hand-over.ts'
import {checksDone, gatePolicy} from '../landing/gate/policy.ts'
import type {GateExpectation} from '../landing/gate/reading.ts'
import {haltOf, haltText, rewriteCause} from '../landing/halt.ts'
import {judgeMergeRefusal} from '../landing/refusal.ts'
import {methodFor} from '../landing/terms.ts'
import {SETTLE_MS} from '../mirror/mirror-tickets.ts'
import {nextRoutable} from '../routing/next-routable.ts'
import {withIssues} from '../routing/queue.ts'
import {heldByBudget} from '../spending/budget.ts'
import type {TicketContext} from '../ticket/context.ts'
import type {LandingRules} from '../ticket/events.ts'
import {isDone, TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {seeAutoMerge, takeAutoMerge} from './auto-merge.ts'
import {takeDraft} from './drafts.ts'
import {haltFacts, noteCause} from './halt.ts'
import {putOnAgain} from './train/depart.ts'
import {resumeTrain} from './train/facts.ts'
import {repairedBefore} from './train/losers.ts'

export const landingFacts: FactHandlers<LandingFact['type']> = {
  // `callBottled` acts on these two.
  landAsked() {},
  trainDeparted() {},
  pullOpened(draft, {ticket, pull, head}) {
    moveTicket(draft, ticket, {type: 'opened', pull, head})
  },
  draftOpened: takeDraft,
  pullSeen(draft, {ticket: issue, reading}) {
    const ticket = draft.state.tickets[issue]
    if (reading.rewrite) noteCause(draft, rewriteCause(reading.rewrite))
    if (!ticket) return
    const expected = expectationOf(draft, ticket.context, reading.conflicts)
    const input = {reading, expected, policy: gatePolicy(draft.state.config, ticket.context.terms)}
    const answer = judgeMerge(input)
    seeAutoMerge(draft, issue, {may: mayHandOver(input, answer.lines), isOn: reading.autoMerge})
    const rules = rulesOf(draft.state.config)
    moveTicket(draft, issue, {type: 'pullSeen', pull: reading.pull, checks: checksDone(reading), answer, rules})
  },
  branchUpdated(draft, {ticket, head}) {
    moveTicket(draft, ticket, {type: 'updated', head})
  },
  pullMerged(draft, {ticket, commit, pull}) {
    moveTicket(draft, ticket, {type: 'mergedNow', commit, pull})
  },
  autoMergeSet: takeAutoMerge,
  pullQueued(draft, {ticket}) {
    moveTicket(draft, ticket, {type: 'enqueued', rules: rulesOf(draft.state.config)})
  },
  mergeRefused(draft, {ticket, reason}) {
    const {config, tickets} = draft.state
    const terms = tickets[ticket]?.context.terms ?? NO_TERMS
    const says = judgeMergeRefusal(reason, methodFor(config, terms))
    moveTicket(draft, ticket, {type: 'mergeRefused', reason, says, rules: rulesOf(config)})
  },
  landingBusy(draft, {ticket}) {
    moveTicket(draft, ticket, {type: 'landingBusy', rules: rulesOf(draft.state.config)})
  },
  ticketFinished(draft, {ticket}) {
    moveTicket(draft, ticket, {type: 'finished'})
    const open = draft.state.issues.filter(issue => issue.number !== ticket)
    draft.state = withIssues(draft.state, open)
    notifyWhenDone(draft)
  },
  ...haltFacts,
}

/**
 * Calls bottled tickets to the train: all of them when it departs or landing is at once, else those that a person named.
 * What was blocked on its way to main, or waits there for a person, is tried again when a person lands, and a paused
 * train continues. None is called while landing is halted.
 */
export function callBottled(draft: Draft, fact: Fact): void {
  const {mode, tickets, halt} = draft.state
  if (haltOf(halt) !== null) return
  const asked = fact.type === 'landAsked'
  if (asked) resumeTrain(draft, 'a person lands')
  if (asked) takeOff(draft, fact.tickets)
  else if (fact.type === 'trainDeparted') putOnAgain(draft)
  const all =
    mode.landing === 'at once' || (mode.landing === 'train' && (fact.type === 'trainDeparted' || leavesEarly(draft)))
  for (const {value, context} of Object.values(tickets)) {
    const isMeant = asked && (fact.tickets === null || fact.tickets.includes(context.issue))
    if (isMeant && isUpForTerms(value)) setTerms(draft, context.issue, fact.terms ?? NO_TERMS)
    if (value === 'bottled' && (isMeant || all)) moveTicket(draft, context.issue, {type: 'called'})
    // The machine takes it in the states in which it means something.
    else if (isMeant && value !== 'aboard') moveTicket(draft, context.issue, {type: 'land'})
  }
}

/** Whether a person's terms can still be followed: what is on its way keeps those that it left with. */
function isUpForTerms(value: TicketState['value']): boolean {
  return value === 'bottled' || value === 'held' || value === 'blocked'
}

function setTerms(draft: Draft, issue: number, terms: LandTerms): void {
  const {value, context} = draft.state.tickets[issue]!
  if (sameTerms(context.terms, terms)) return
  setTicket(draft, {value, context: {...context, terms}})
  draft.effects.push({name: 'keepTerms', ticket: issue, terms})
}

/** Keeps those off the train that leaves next that are bottled and not among what a person lands by name. */
function takeOff(draft: Draft, tickets: readonly number[] | null): void {
  const bottled = Object.values(draft.state.tickets).filter(({value}) => value === 'bottled')
  const numbers = bottled.map(({context}) => context.issue)
  const takenOff = tickets === null || tickets.length === 0 ? [] : numbers.filter(issue => !tickets.includes(issue))
  draft.state = {...draft.state, train: {...draft.state.train, takenOff}}
}

/** Whether waiting for the schedule gains nothing: the bundle is full, or nothing more can come. */
function leavesEarly({state, at}: Draft): boolean {
  const {max_bundle_size: size, leave_early: early} = state.config.bundling
  const tickets = Object.values(state.tickets)
  const bottled = tickets.filter(({value}) => value === 'bottled').length
  if (size > 1 && bottled >= size) return true
  // Before the first look at GitHub nothing is known of what may come.
  if (!early || bottled === 0 || state.main === null) return false
  const isComing = tickets.some(({value}) => !TICKET_STATES[value].has.bottle && !TICKET_STATES[value].is.atRest)
  return !isComing && nextRoutable(state, at) === undefined
}

/**
 * Lands one ticket at a time, oldest first, as every merge moves main under the others. One whose checks did not see
 * main as it is now is brought up to date first, and the others wait until it has landed or failed: so each of them is
 * checked again once, not once for every merge.
 */
export function mergeNext(draft: Draft): void {
  if (!draft.state.config.integration.auto_merge) return
  if (haltOf(draft.state.halt) !== null) return
  // Main must not move under a bundle that is being tested.
  if (draft.state.train.now.value !== 'waiting') return
  const tickets = Object.values(draft.state.tickets)
  if (tickets.some(isInFront)) return
  const [next] = tickets
    .filter(ticket => ticket.value === 'mergeable')
    .sort((a, b) => Number(b.context.front) - Number(a.context.front) || a.context.since - b.context.since)
  if (next) moveTicket(draft, next.context.issue, {type: next.context.behind ? 'update' : 'merge'})
}

/** It merges, or is on its way to merge next. */
function isInFront({value, context}: TicketState): boolean {
  return value === 'merging' || value === 'updating' || (value === 'checking' && context.front)
}

function expectationOf({state, at}: Draft, context: TicketContext, paths: readonly string[]): GateExpectation {
  const written = state.written[context.issue]
  const halt = haltOf(state.halt)
  return {
    head: context.head,
    waitedMs: at - context.awaitedSince,
    // GitHub may still show what was written before the ticket went on from being blocked.
    mayBeOurBlock: written?.at == null || at - written.at < SETTLE_MS,
    requeue: context.requeue,
    halted: halt === null ? null : haltText(halt),
    // The others wait for one that merges next, so it waits for none of them.
    mainWasRed: context.gate.some(({mainIsRed}) => mainIsRed === true),
    repairsFirst: context.front ? null : repairedBefore(state, {ticket: context.issue, paths, at}),
  }
}

function rulesOf({integration, polling}: State['config']): LandingRules {
  return {
    autoMerge: integration.auto_merge,
    lookMs: polling.checks_seconds * 1000,
  }
}

/** Says that the queue is empty, once every ticket has landed or waits for a person. */
function notifyWhenDone(draft: Draft): void {
  const {state} = draft
  const tickets = Object.values(state.tickets)
  if (!tickets.every(isDone)) return
  if (nextRoutable(state, draft.at) !== undefined || heldByBudget(state, draft.at) !== null) return
  const landed = tickets.filter(({value}) => value === 'merged').length
  draft.effects.push({
    name: 'notify',
    level: 'info',
    text: `All ready work has landed: ${count(landed, 'ticket')}`,
    next: `label an issue ${state.config.routing.routing_label}`,
  })
}
