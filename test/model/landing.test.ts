import {describe, expect, it} from 'vitest'
import type {Pull} from '../../src/model/data/pull.ts'
import {newContext} from '../../src/model/ticket/context.ts'
import type {LandingRules, TicketEvent} from '../../src/model/ticket/events.ts'
import {stepTicket, type TicketState, type TicketValue} from '../../src/model/ticket/ticket.ts'
import {aConfig, aPull} from './builders.ts'

const HEAD = 'a'.repeat(40)
const RULES: LandingRules = {noChecksIsGreen: false, ciTimeoutMs: 30 * 60_000, autoMerge: true, lookMs: 20_000}
const PENDING = {checks: {sha: HEAD, state: 'pending', total: 2, done: 1, failures: []}} as const
const LOOK_LATER = {name: 'timer', ticket: 7, ms: 20_000}

function aTicket(value: TicketValue): TicketState {
  const known = {issue: 7, title: 'T', agent: 'agent001', branch: 'b', since: 0, head: HEAD, pull: 8} as const
  return {value, context: newContext(aConfig(), known)}
}

function seen(pull: Partial<Pull>, at = 1, rules: Partial<LandingRules> = {}): TicketEvent {
  return {type: 'pullSeen', at, pull: aPull(8, pull), conflicts: [], rules: {...RULES, ...rules}}
}

describe('a ticket whose checks run', () => {
  it('looks at its pull request again after the polling time', () => {
    const {state, output} = stepTicket(aTicket('checking'), seen(PENDING))
    expect(state).toMatchObject({value: 'checking', context: {checks: {done: 1, total: 2}}})
    expect(output).toEqual([{...LOOK_LATER, epoch: 0}])
  })

  it('is left to a person once they take longer than the timeout', () => {
    const atTimeout = stepTicket(aTicket('checking'), seen(PENDING, RULES.ciTimeoutMs))
    expect(atTimeout.state.value).toBe('checking')
    const reason = 'its checks did not end within 30 minutes'
    const {state, output} = stepTicket(aTicket('checking'), seen(PENDING, RULES.ciTimeoutMs + 1))
    expect(state).toMatchObject({value: 'blocked', context: {reason, checks: {done: 1, total: 2}}})
    expect(output).toEqual([{name: 'blockTicket', ticket: 7, reason, attempt: 1}])
  })

  it('names a commit on its branch that the daemon did not push', () => {
    const foreign = {head: {branch: 'b', sha: 'c'.repeat(40)}}
    const {state} = stepTicket(aTicket('checking'), seen(foreign, RULES.ciTimeoutMs + 1))
    expect(state.context.reason).toBe('its branch holds ccccccc, which the daemon did not push')
  })

  it.each([
    ['itself', true, []],
    ['a person', false, [{...LOOK_LATER, epoch: 1}]],
  ])('waits for %s to merge once they are green', (_who, autoMerge, output) => {
    const step = stepTicket(aTicket('checking'), seen({}, 1, {autoMerge}))
    expect([step.state.value, step.output]).toEqual(['mergeable', output])
  })
})

describe('a ticket that could merge', () => {
  it('is checked again when its pull request is no longer green', () => {
    const {state, output} = stepTicket(aTicket('mergeable'), seen(PENDING))
    expect(state.value).toBe('checking')
    expect(output).toEqual([
      {name: 'watchPull', ticket: 7, pull: 8},
      {...LOOK_LATER, epoch: 1},
    ])
  })

  it.each<TicketEvent>([
    {type: 'mergeRefused', at: 1, reason: 'not now', rules: RULES},
    {type: 'landingBusy', at: 1, rules: RULES},
  ])('is looked at again after $type', event => {
    const {state, output} = stepTicket(aTicket('merging'), event)
    expect([state.value, output]).toEqual(['checking', [{...LOOK_LATER, epoch: 1}]])
  })
})

describe('a merged ticket whose clean-up failed', () => {
  it('tries it again after a pause, and is never blocked by it', () => {
    const failed = stepTicket(aTicket('finishing'), {type: 'failed', at: 1, reason: 'no disk', lost: false})
    expect(failed.state).toMatchObject({value: 'finishing', context: {reason: 'no disk'}})
    expect(failed.output).toEqual([{name: 'timer', ticket: 7, epoch: 0, ms: 10_000}])
    const again = stepTicket(failed.state, {type: 'look', at: 2, epoch: 0})
    expect(again.output).toMatchObject([{name: 'finishTicket', ticket: 7}])
  })
})

describe('a ticket from before a restart', () => {
  it.each<[TicketValue, Partial<TicketState['context']>, boolean, string[]]>([
    ['working', {}, false, ['promptAgent']],
    ['working', {}, true, []],
    ['review', {boarded: true}, true, ['openPull']],
    ['review', {boarded: false}, true, []],
    ['queued', {paused: true, starts: [1]}, true, ['timer']],
    ['queued', {paused: false}, true, []],
  ])('that is %s with %o resumes', (value, change, prompted, effects) => {
    const {context} = aTicket(value)
    const {output} = stepTicket({value, context: {...context, ...change}}, {type: 'restored', at: 1, prompted})
    expect(output.map(({name}) => name)).toEqual(effects)
  })
})
