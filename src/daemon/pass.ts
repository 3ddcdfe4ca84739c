import {type Clock, sleep} from '../base/clock.ts'
import {waitsForPerson} from '../model/agent/states.ts'
import {handlingOf} from '../model/core/error-classes.ts'
import type {Retry} from '../model/core/retry.ts'
import {freeAgents} from '../model/core/slots.ts'
import type {State} from '../model/core/state.ts'
import type {Candidate} from '../model/data/candidate.ts'
import {haltOf, haltText} from '../model/landing/halt.ts'
import {circumstancesOf, holdsOn} from '../model/routing/holds.ts'
import {nextRoutable} from '../model/routing/next-routable.ts'
import {heldByProfile} from '../model/routing/profile.ts'
import {heldByBudget} from '../model/spending/budget.ts'
import {holdsSlot, TICKET_STATES} from '../model/ticket/states.ts'
import type {TicketState} from '../model/ticket/ticket.ts'
import type {PassReport} from '../protocol/daemon.ts'
import type {Engine} from './engine.ts'
import type {Reconciler} from './loops/reconcile.ts'

const LOOK_MS = 50
/** A person who watches may answer an asking agent within this time; after it the pass ends without that agent. */
const ANSWER_MS = 15_000

export type PassOptions = {
  /** false: starts no agent and only lands what is bottled. */
  agents: boolean
  /** null: as long as it takes. */
  timeoutMs: number | null
  /** Ends the pass early; the caller parks the running agents. */
  signal: AbortSignal
}

/** An outside failure that lasts longer is not waited for, although it may pass. */
const LONGEST_MS = 5 * 60_000

/** Failures of the outside that have lasted too long to wait for their end. */
function lasting(retried: readonly Retry[], at: number): Retry[] {
  return retried.filter(({error, since}) => at - since >= Math.min(handlingOf(error).personMs, LONGEST_MS))
}

/** Whether a pass has nothing left to do: every ticket has landed, waits for a person, or is in `stuck`. */
function isSettled(state: State, at: number, stuck: readonly Retry[]): boolean {
  const off = state.mode.routing === 'off'
  const ends: TicketState['value'][] = []
  if (off || heldByBudget(state, at) !== null || heldByProfile(state) !== null) ends.push('queued')
  if (!state.config.integration.auto_merge) ends.push('mergeable')
  if (haltOf(state.halt) !== null) ends.push('bottled', 'mergeable')
  if (state.train.paused !== null) ends.push('bottled')
  const rests = (ticket: TicketState) =>
    TICKET_STATES[ticket.value].is.atRest ||
    stuck.some(({ticket: issue}) => issue === ticket.context.issue) ||
    ends.includes(ticket.value) ||
    (off && holdsSlot(ticket)) ||
    asksSince(state, ticket) + ANSWER_MS <= at
  const isIdle = off || nextRoutable(state, at) === undefined || freeAgents(state).length === 0
  return isIdle && Object.values(state.tickets).every(rests)
}

/** Since when the ticket's agent waits for a person, in epoch milliseconds; Infinity: it does not wait for one. */
function asksSince(state: State, {context}: TicketState): number {
  const slot = state.agents[context.agent]
  return slot && waitsForPerson(slot) && slot.context.ticket === context.issue
    ? slot.context.since
    : Number.POSITIVE_INFINITY
}

/**
 * Runs one pass: looks at GitHub, claims up to capacity, lets the agents finish, lands at once, and reports what
 * happened to every open issue.
 */
export async function runPass(
  parts: {
    engine: Engine
    reconciler: Reconciler
    clock: Clock
    /** Effects that are retried, if nothing else is done; null: something is. */
    onlyRetries: () => readonly Retry[] | null
    apiCalls: () => number
    lostCommits: () => Promise<readonly string[]>
  },
  options: PassOptions,
): Promise<PassReport> {
  const {engine, reconciler, clock} = parts
  const started = clock.monotonic()
  const before = engine.state()
  const mergedBefore = mergedIn(before)
  const end = started + (options.timeoutMs ?? Number.POSITIVE_INFINITY)
  const isOver = () => options.signal.aborted || clock.monotonic() >= end
  const isDone = () => {
    const retried = parts.onlyRetries()
    if (retried === null) return false
    const stuck = lasting(retried, clock.now())
    return stuck.length === retried.length && isSettled(engine.state(), clock.now(), stuck)
  }
  engine.dispatch({type: 'modeChosen', mode: {routing: options.agents ? 'auto' : 'off', landing: 'at once'}})
  try {
    await reconciler.look()
    // An effect may end without a fact, so the pass polls.
    while (!isOver() && !isDone()) await sleep(LOOK_MS, clock)
    // The state is read before the earlier mode returns, which may start a repair at once.
    const state = engine.state()
    const halt = haltOf(state.halt)
    return {
      merged: mergedIn(state).filter(issue => !mergedBefore.includes(issue)),
      skipped: state.queue
        .filter(({issue}) => !state.tickets[issue.number])
        .map(candidate => ({
          number: candidate.issue.number,
          reason: skippedBecause(candidate, state, options, clock.now()),
        })),
      needsHuman: needsHuman(state, options, lasting(parts.onlyRetries() ?? [], clock.now())),
      halted: halt && haltText(halt),
      agents: Object.keys(state.agents).length,
      lost: await parts.lostCommits(),
      apiCalls: parts.apiCalls(),
      durationMs: Math.round(clock.monotonic() - started),
    }
  } finally {
    engine.dispatch({type: 'modeChosen', mode: null})
  }
}

function skippedBecause(candidate: Candidate, state: State, {agents}: PassOptions, at: number): string {
  const {reason} = state.refused[candidate.issue.number] ?? {}
  for (const {kind, text} of holdsOn(candidate, state, circumstancesOf(state, at))) {
    if (kind !== 'refused') return text
  }
  return reason ?? (agents ? 'the pass ended before its turn' : 'no agent was started')
}

function mergedIn(state: State): number[] {
  return Object.values(state.tickets).flatMap(({value, context}) =>
    value === 'merged' || value === 'uncleaned' ? [context.issue] : [],
  )
}

function needsHuman(state: State, {agents}: PassOptions, stuck: readonly Retry[]): PassReport['needsHuman'] {
  const asks = (ticket: TicketState) => Number.isFinite(asksSince(state, ticket))
  // A pass without agents does not report agents that it found at work.
  const open = Object.values(state.tickets).filter(
    ticket => ticket.value !== 'merged' && (agents || !holdsSlot(ticket) || asks(ticket)),
  )
  return open.map(ticket => {
    const {value, context} = ticket
    const waits = `${context.agent} waits for you (${state.agents[context.agent]?.context.activity}); its work is kept`
    const failure = stuck.find(({ticket: issue}) => issue === context.issue)?.error
    return {
      number: context.issue,
      reason: asks(ticket)
        ? waits
        : failure
          ? `${failure.message}${failure.next === undefined ? '' : `; ${failure.next}`}`
          : (context.reason ?? TICKET_STATES[value].lands.unfinished ?? `not finished: ${value}; its work is kept`),
    }
  })
}
