import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import type {Effect, EffectName} from '../../src/model/data/effects.ts'
import type {Pull} from '../../src/model/data/pull.ts'
import {decide} from '../../src/model/decide/decide.ts'
import type {GateReading} from '../../src/model/landing/gate/reading.ts'
import {newContext} from '../../src/model/ticket/context.ts'
import {TICKET_STATES} from '../../src/model/ticket/states.ts'
import type {TicketValue} from '../../src/model/ticket/ticket.ts'
import {aCheck, aConfig, aPull, aReading} from './builders.ts'

const HEAD = 'a'.repeat(40)
const MINUTE = 60_000
/** The slowest way: checks that never report, then refusals with growing pauses. */
const BOUND_MS = 6 * 60 * MINUTE

const LANDING: readonly TicketValue[] = [
  ...(['bottling', 'opening', 'checking', 'mergeable', 'held'] as const),
  ...(['updating', 'merging', 'finishing', 'uncleaned'] as const),
]
const EFFECTS = ['bottleTicket', 'openPull', 'watchPull', 'updateBranch', 'mergePull', 'finishTicket'] as const

/** How the outside goes wrong for ever: an effect that fails, an answer that never changes. */
type Fault =
  | {fails: (typeof EFFECTS)[number]; code: 'internal' | 'push-refused'}
  | {refused: string}
  | {busy: true}
  | {reading: Partial<GateReading>}

const pull = (change: Partial<Pull> = {}) => aPull(8, {head: {branch: 'b', sha: HEAD}, ...change})
const QUEUED = {requiredChecks: [], approvals: 0, codeOwners: false, conversations: false, mergeQueue: true}
const FAULTS: readonly Fault[] = [
  ...EFFECTS.flatMap(fails => (['internal', 'push-refused'] as const).map(code => ({fails, code}))),
  {refused: 'A rule that did not exist when this was written'},
  {refused: 'Pull Request is not mergeable'},
  {refused: 'Required status check "x" is expected.'},
  {refused: 'At least 1 approving review is required.'},
  {busy: true},
  {reading: aCheck(pull(), 'pending')},
  {reading: {checks: null}},
  {reading: {checks: {sha: HEAD, checks: [], suites: []}}},
  {reading: {pull: pull({mergeable: 'unknown'})}},
  {reading: {pull: pull({head: {branch: 'b', sha: 'c'.repeat(40)}})}},
  {reading: {pull: pull({draft: true})}},
  {reading: {mergeState: 'blocked'}},
  {reading: {mergeState: null}},
  {reading: {queue: {in: true, place: 1}}},
  {reading: {queue: {in: false, reason: 'failed_checks'}, rules: QUEUED}},
  {reading: {issue: undefined}},
  {reading: {base: null}},
  {reading: {rules: null}},
  {reading: {rewrite: {from: 'd'.repeat(40), to: 'e'.repeat(40)}}},
]

/** What the outside answers to an effect; nothing is done by an agent. */
function answer(effect: Effect, fault: Fault): Fact[] {
  if ('fails' in fault && effect.name === fault.fails) {
    const error = {code: fault.code, message: 'it fails', exitCode: 1} as const
    return [{type: 'effectFailed', effect, error, lost: false}]
  }
  switch (effect.name) {
    case 'bottleTicket':
      return [{type: 'ticketBottled', ticket: 7, head: HEAD}]
    case 'openPull':
      return [{type: 'pullOpened', ticket: 7, pull: 8}]
    case 'watchPull':
      return [{type: 'pullSeen', ticket: 7, reading: aReading(pull(), 'reading' in fault ? fault.reading : {})}]
    case 'updateBranch':
      return [{type: 'branchUpdated', ticket: 7, head: HEAD}]
    case 'mergePull':
      if ('refused' in fault) return [{type: 'mergeRefused', ticket: 7, reason: fault.refused}]
      if ('busy' in fault) return [{type: 'landingBusy', ticket: 7}]
      return [{type: 'pullMerged', ticket: 7, commit: 'f'.repeat(40)}]
    case 'finishTicket':
      return [{type: 'ticketFinished', ticket: 7}]
    default:
      return []
  }
}

const STARTS: Partial<Record<TicketValue, EffectName>> = {
  bottling: 'bottleTicket',
  opening: 'openPull',
  checking: 'watchPull',
  mergeable: 'watchPull',
  held: 'watchPull',
  updating: 'updateBranch',
  merging: 'mergePull',
  finishing: 'finishTicket',
  uncleaned: 'finishTicket',
}

/** Lets time pass from a state in which this goes wrong for ever, until the ticket has landed or a person is shown why. */
function play(value: TicketValue, fault: Fault): {ended: boolean; why: string} {
  const config = aConfig({integration: {ci_timeout: 30}, polling: {checks_seconds: 120}})
  const known = {issue: 7, title: 'T', agent: 'agent001', branch: 'b', since: 0, head: HEAD, pull: 8} as const
  const context = newContext(config, {...known, worktree: '/w', boarded: true, mergeCommit: 'f'.repeat(40)})
  let state = {
    ...newState({config, mode: {routing: 'off', landing: 'at once'}, at: 0}),
    tickets: {7: {value, context}},
  }
  const first = {name: STARTS[value]!, ticket: 7, pull: 8, head: HEAD, worktree: '/w'} as unknown as Effect
  const due: {at: number; fact: Fact}[] = answer(first, fault).map(fact => ({at: 0, fact}))
  for (let steps = 0; steps < 3000; steps++) {
    const ticket = state.tickets[7]!
    const {shown, is} = TICKET_STATES[ticket.value]
    if (ticket.value === 'merged') return {ended: true, why: 'merged'}
    if (is.atRest && shown.attention && ticket.context.reason) return {ended: true, why: ticket.context.reason}
    // Its agent is next: it goes back with what went wrong.
    if (ticket.value === 'queued' && ticket.context.reason) return {ended: true, why: ticket.context.reason}
    due.sort((one, other) => one.at - other.at)
    const next = due.shift()
    if (!next || next.at > BOUND_MS) return {ended: false, why: `${ticket.value} at ${next?.at ?? 'rest'}`}
    const decided = decide(state, next.fact, next.at)
    state = decided.state as typeof state
    for (const effect of decided.effects) {
      if (effect.name === 'timer') {
        due.push({at: next.at + effect.ms, fact: {type: 'timeout', ticket: 7, epoch: effect.epoch}})
      } else due.push(...answer(effect, fault).map(fact => ({at: next.at + 1000, fact})))
    }
  }
  return {ended: false, why: `${state.tickets[7]?.value}, step after step`}
}

describe('whatever goes wrong for ever on the way to main', () => {
  it.each(LANDING)('a ticket that is %s ends on main, with the agent, or with a person who is shown why', value => {
    for (const fault of FAULTS) expect(play(value, fault), JSON.stringify(fault)).toMatchObject({ended: true})
  })
})
