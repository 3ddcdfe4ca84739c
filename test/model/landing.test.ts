import {describe, expect, it} from 'vitest'
import {newState} from '../../src/model/core/state.ts'
import type {Repair} from '../../src/model/data/assignment.ts'
import {decide} from '../../src/model/decide/decide.ts'
import type {GateVerdict} from '../../src/model/landing/gate/answer.ts'
import type {RefusalSays} from '../../src/model/landing/refusal.ts'
import {newContext, ticketRules} from '../../src/model/ticket/context.ts'
import type {LandingRules, TicketEvent} from '../../src/model/ticket/events.ts'
import {stepTicket, type TicketState, type TicketValue} from '../../src/model/ticket/ticket.ts'
import {aConfig, aPull} from './builders.ts'

const HEAD = 'a'.repeat(40)
const RULES: LandingRules = {autoMerge: true, lookMs: 20_000}
const LOOK_LATER = {name: 'timer', ticket: 7, ms: 20_000}

function aTicket(value: TicketValue): TicketState {
  const known = {issue: 7, title: 'T', agent: 'agent001', branch: 'b', since: 0, head: HEAD, pull: 8} as const
  return {value, context: newContext(aConfig(), known)}
}

/** What the gate said, as the decisions tell it to the ticket. */
function seen(verdict: GateVerdict, change: {rules?: Partial<LandingRules>; repair?: Repair} = {}): TicketEvent {
  const {rules = {}, repair = null} = change
  const answer = {verdict, reason: `because of ${verdict}`, repair, lines: []}
  return {type: 'pullSeen', at: 1, pull: aPull(8), checks: {done: 1, total: 2}, answer, rules: {...RULES, ...rules}}
}

describe.each<TicketValue>(['checking', 'held', 'merging', 'updating'])('a ticket that is %s', value => {
  it.each<[GateVerdict, TicketValue, string[]]>([
    ['merged', 'finishing', ['finishTicket']],
    ['stop', 'blocked', ['blockTicket']],
    ['repair', 'queued', ['sendBack']],
    ['hold', 'held', ['timer']],
    ['wait', 'checking', ['timer']],
    ['update', 'mergeable', []],
    ['merge', 'mergeable', []],
  ])('becomes, when the gate says %s, %s', (verdict, after, effects) => {
    const {state, output} = stepTicket(aTicket(value), seen(verdict, {repair: {kind: 'conflict', paths: ['a.ts']}}))
    expect([state.value, output.map(({name}) => name)]).toEqual([after, effects])
  })
})

it.each<[TicketValue, TicketEvent, TicketValue]>([
  ['bottling', {type: 'bottled', at: 2, head: 'b'.repeat(40)}, 'bottled'],
  ['updating', {type: 'updated', at: 2, head: 'b'.repeat(40)}, 'checking'],
])('a new head, pushed while %s, is not answered for by what the gate said of the last one', (value, event, after) => {
  const ticket = aTicket(value)
  const asked = {
    ...ticket,
    context: {...ticket.context, gate: [{rule: 'checks', says: 'agent', text: 'failed'} as const]},
  }
  expect(stepTicket(asked, event).state).toMatchObject({value: after, context: {head: 'b'.repeat(40), gate: []}})
})

it.each<[TicketValue, TicketEvent]>([
  ['merging', {type: 'mergedNow', at: 1, commit: HEAD}],
  ['checking', seen('merged')],
])('why a ticket waited is over once it is merged while %s', (value, merged) => {
  const ticket = aTicket(value)
  const waited = {...ticket, context: {...ticket.context, reason: 'GitHub does not know yet'}}
  const {state} = stepTicket(waited, merged)
  expect(state).toMatchObject({value: 'finishing', context: {reason: null}})
  const failed = {...state, context: {...state.context, reason: 'no answer'}} as TicketState
  expect(stepTicket(failed, {type: 'finished', at: 2}).state).toMatchObject({value: 'merged', context: {reason: null}})
})

describe('a ticket whose checks run', () => {
  it('looks at its pull request again after the polling time, and says why it waits', () => {
    const {state, output} = stepTicket(aTicket('checking'), seen('wait'))
    expect(state).toMatchObject({value: 'checking', context: {checks: {done: 1, total: 2}, reason: 'because of wait'}})
    expect(output).toEqual([{...LOOK_LATER, epoch: 0}])
  })

  it('goes back to its agent with what the gate found, and to a person when that did not help', () => {
    const repair = {kind: 'conflict', paths: ['a.ts']} as const
    const back = stepTicket(aTicket('checking'), seen('repair', {repair}))
    expect(back.state).toMatchObject({value: 'queued', context: {assignment: {kind: 'repair', repair}, repairs: 1}})
    const spent = aTicket('checking')
    const given = {...spent, context: {...spent.context, repairs: spent.context.maxRepairs}}
    const red = {kind: 'checks', failures: []} as const
    const {state} = stepTicket(given, seen('repair', {repair: red}))
    expect(state).toMatchObject({value: 'blocked', context: {reason: 'because of repair, after 2 repairs'}})
  })

  it('goes back with a conflict however often its checks failed, five times, unless nothing goes back', () => {
    const repair = {kind: 'conflict', paths: ['a.ts']} as const
    const goesBack = (change: object) => {
      const {value, context} = aTicket('checking')
      return stepTicket({value, context: {...context, ...change}}, seen('repair', {repair})).state.value === 'queued'
    }
    expect(goesBack({repairs: 2})).toBe(true)
    expect(goesBack({repairs: 6, conflicts: 4})).toBe(true)
    expect(goesBack({repairs: 7, conflicts: 5})).toBe(false)
    expect(goesBack({repairs: 6, conflicts: 5})).toBe(true)
    expect(goesBack({maxRepairs: 0})).toBe(false)
  })

  it('keeps its repairs for failed checks when a person reviews it, also after a change of the configuration', () => {
    const red = {kind: 'checks', failures: []} as const
    const said = [{id: 1, from: 'ada', text: 'rename it'}] as never
    const {state} = stepTicket(aTicket('checking'), {type: 'reviewed', at: 1, said})
    expect(state.context).toMatchObject({repairs: 1, reviews: 1, maxRepairs: 2})
    const {value, context} = aTicket('checking')
    const later = {value, context: {...context, repairs: 3, reviews: 2, ...ticketRules(aConfig())}}
    expect(stepTicket(later, seen('repair', {repair: red})).state.value).toBe('queued')
  })

  it.each([
    ['itself', true, []],
    ['a person', false, [{...LOOK_LATER, epoch: 1}]],
  ])('waits for %s to merge once nothing speaks against it', (_who, autoMerge, output) => {
    const step = stepTicket(aTicket('checking'), seen('merge', {rules: {autoMerge}}))
    expect([step.state.value, step.output]).toEqual(['mergeable', output])
  })

  it('remembers that main moved', () => {
    expect(stepTicket(aTicket('checking'), seen('update')).state.context.behind).toBe(true)
    expect(stepTicket(aTicket('checking'), seen('merge')).state.context.behind).toBe(false)
  })
})

describe('a ticket that is brought up to date', () => {
  it('is checked again at its new head, in front of all others', () => {
    const asked = stepTicket(aTicket('mergeable'), {type: 'update', at: 1})
    expect(asked.output).toMatchObject([{name: 'updateBranch', ticket: 7, branch: 'b', head: HEAD, pull: 8}])
    const {state, output} = stepTicket(asked.state, {type: 'updated', at: 9, head: 'd'.repeat(40)})
    expect(state).toMatchObject({value: 'checking', context: {head: 'd'.repeat(40), front: true, awaitedSince: 9}})
    expect(output).toMatchObject([{name: 'watchPull'}])
  })

  it.each<GateVerdict>(['repair', 'hold', 'stop'])('is in front no more once the gate says %s', verdict => {
    const {value, context} = aTicket('checking')
    const {state} = stepTicket({value, context: {...context, front: true}}, seen(verdict, {repair: {kind: 'resume'}}))
    expect(state.context.front).toBe(false)
  })
})

describe('a ticket that was blocked at its merge', () => {
  it('lands again without its agent', () => {
    expect(stepTicket(aTicket('blocked'), {type: 'land', at: 1}).state.value).toBe('opening')
  })

  it('does not land when nothing of it was pushed', () => {
    const {value, context} = aTicket('blocked')
    const {state} = stepTicket({value, context: {...context, head: null}}, {type: 'land', at: 1})
    expect(state.value).toBe('blocked')
  })
})

describe('a ticket that could merge', () => {
  it('is checked again when something speaks against it now', () => {
    const {state, output} = stepTicket(aTicket('mergeable'), seen('wait'))
    expect([state.value, output]).toEqual(['checking', [{...LOOK_LATER, epoch: 1}]])
  })

  it.each<TicketEvent>([
    {type: 'mergeRefused', at: 1, reason: 'not now', says: 'passing', rules: RULES},
    {type: 'landingBusy', at: 1, rules: RULES},
  ])('is looked at again after $type', event => {
    const {state, output} = stepTicket(aTicket('merging'), event)
    expect([state.value, output]).toEqual(['checking', [{...LOOK_LATER, epoch: 1}]])
  })
})

describe('a merge that GitHub refuses', () => {
  const refused = (says: RefusalSays) =>
    ({type: 'mergeRefused', at: 1, reason: 'GitHub’s words', says, rules: RULES}) as const
  const outcome = (says: RefusalSays, change: Partial<TicketState['context']> = {}) => {
    const {value, context} = aTicket('merging')
    return stepTicket({value, context: {...context, ...change}}, refused(says))
  }

  it('goes back to its agent with GitHub’s own words, at most twice, then to a person', () => {
    const {state, output} = outcome('agent')
    expect(state).toMatchObject({
      value: 'queued',
      context: {assignment: {repair: {kind: 'refused', said: 'GitHub’s words'}}, repairs: 1, ruleRepairs: 1},
    })
    expect(output).toMatchObject([{name: 'sendBack'}])
    expect(outcome('agent', {ruleRepairs: 2}).state).toMatchObject({value: 'held', context: {reason: 'GitHub’s words'}})
    expect(outcome('agent', {repairs: 99}).state.value).toBe('held')
  })

  it('is a person’s at once when no one else can act, and is tried again ever more seldom', () => {
    const {state, output} = outcome('person', {front: true})
    expect(state).toMatchObject({value: 'held', context: {reason: 'GitHub’s words', front: false}})
    expect(output).toMatchObject([{name: 'timer', ms: 2 * RULES.lookMs}])
    expect(outcome('person', {refusals: 3}).output).toMatchObject([{ms: 16 * RULES.lookMs}])
    expect(outcome('person', {refusals: 500}).output).toMatchObject([{ms: 30 * 60_000}])
  })

  it('that may pass is tried a few times, then shown to a person', () => {
    expect(outcome('passing', {refusals: 4}).state.value).toBe('checking')
    expect(outcome('passing', {refusals: 5}).state.value).toBe('held')
  })

  it('is tried at once when the person lands it, and older timers mean nothing then', () => {
    const {state} = outcome('person', {refusals: 9})
    const landed = stepTicket(state, {type: 'land', at: 2})
    expect(landed.state.context).toMatchObject({refusals: 0, epoch: state.context.epoch + 1})
    expect(landed.output).toMatchObject([{name: 'watchPull'}])
    expect(stepTicket(landed.state, {type: 'look', at: 3, epoch: state.context.epoch}).output).toEqual([])
  })
})

describe('a push that the server declines', () => {
  it.each([
    ['config.py: Push cannot contain secrets', 'queued'],
    ['GH006: Protected branch update failed', 'blocked'],
  ])('%s: the ticket is %s', (said, value) => {
    const ticket = aTicket('bottling')
    const state = {
      ...newState({config: aConfig(), mode: {routing: 'off', landing: 'by hand'}, at: 0}),
      tickets: {7: ticket},
    }
    const effect = {name: 'bottleTicket', ticket: 7, worktree: '/w', head: HEAD} as const
    const error = {code: 'push-refused', message: `the server refuses: ${said}`, said, exitCode: 1} as const
    const decided = decide(state, {type: 'effectFailed', effect, error, lost: false}, 1)
    expect(decided.state.tickets[7]?.value).toBe(value)
    expect(decided.state.tickets[7]?.context.reason).toContain(said)
  })

  const declined = (says: 'agent' | 'person') =>
    ({type: 'pushRefused', at: 1, reason: 'the server refuses', said: 'a secret\nin a.py', says}) as const
  const outcome = (value: TicketValue, says: 'agent' | 'person', change: Partial<TicketState['context']> = {}) => {
    const {context} = aTicket(value)
    return stepTicket({value, context: {...context, ...change}}, declined(says))
  }
  const REPAIR = {assignment: {kind: 'repair', repair: {kind: 'refused', said: 'a secret\nin a.py'}}, ruleRepairs: 1}

  it('goes to the agent as its next prompt, or to its next start', () => {
    const alive = outcome('bottling', 'agent', {alive: true})
    expect(alive.state).toMatchObject({value: 'working', context: REPAIR})
    expect(alive.output).toMatchObject([{name: 'promptAgent', assignment: REPAIR.assignment}])
    const gone = outcome('bottling', 'agent', {alive: false})
    expect(gone.state).toMatchObject({value: 'queued', context: REPAIR})
    expect(gone.output).toMatchObject([{name: 'stopAgent'}, {name: 'sendBack'}])
    expect(outcome('updating', 'agent').state).toMatchObject({value: 'queued', context: REPAIR})
  })

  it.each<[TicketValue, 'agent' | 'person', number]>([
    ['bottling', 'person', 0],
    ['bottling', 'agent', 2],
    ['updating', 'person', 0],
    ['updating', 'agent', 2],
  ])('%s: a person decides on what %s can mend after %i tries', (value, says, ruleRepairs) => {
    const {state, output} = outcome(value, says, {ruleRepairs, alive: true})
    expect(state).toMatchObject({value: 'blocked', context: {reason: 'the server refuses'}})
    expect(output.map(({name}) => name)).toContain('blockTicket')
  })
})

describe('a merged ticket whose clean-up failed', () => {
  const failed = {type: 'failed', at: 1, reason: 'no disk', lost: false} as const

  it('tries it again after a pause, and is never blocked by it', () => {
    const first = stepTicket(aTicket('finishing'), failed)
    expect(first.state).toMatchObject({value: 'finishing', context: {reason: 'no disk'}})
    expect(first.output).toEqual([{name: 'timer', ticket: 7, epoch: 0, ms: 3000}])
    const again = stepTicket(first.state, {type: 'look', at: 2, epoch: 0})
    expect(again.output).toMatchObject([{name: 'finishTicket', ticket: 7}])
  })

  it('asks a person after a few tries, goes on trying ever more seldom, and at once when the person lands', () => {
    let ticket = aTicket('finishing')
    for (let tries = 1; tries < 3; tries++) ticket = stepTicket(ticket, failed).state
    expect(ticket.value).toBe('finishing')
    const {state, output} = stepTicket(ticket, failed)
    expect(state).toMatchObject({
      value: 'uncleaned',
      context: {reason: 'it has landed, but its clean-up failed 3 times: no disk'},
    })
    expect(output).toMatchObject([
      {name: 'notify', level: 'warning'},
      {name: 'timer', ms: 12_000},
    ])
    const later = stepTicket(state, failed)
    expect(later.state.value).toBe('uncleaned')
    expect(later.output).toMatchObject([{name: 'timer', ms: 24_000}])
    const landed = stepTicket(later.state, {type: 'land', at: 2})
    expect(landed.output).toMatchObject([{name: 'finishTicket'}])
    expect(stepTicket(landed.state, {type: 'finished', at: 3}).state).toMatchObject({
      value: 'merged',
      context: {reason: null},
    })
  })
})

describe('a ticket that GitHub’s merge queue took', () => {
  it('is watched from then on, lets others go, and is not added again by itself', () => {
    const {value, context} = aTicket('merging')
    const {state, output} = stepTicket(
      {value, context: {...context, front: true, requeue: true}},
      {type: 'enqueued', at: 9, rules: RULES},
    )
    expect(state).toMatchObject({value: 'checking', context: {front: false, requeue: false, awaitedSince: 9}})
    expect(output).toMatchObject([{name: 'timer', ms: RULES.lookMs}])
  })

  it('and that was given up is added again when a person lands it', () => {
    const {state} = stepTicket(aTicket('held'), {type: 'land', at: 1})
    const green = stepTicket(state, seen('merge'))
    expect(stepTicket(green.state, {type: 'merge', at: 2}).output).toMatchObject([{name: 'mergePull', requeue: true}])
  })
})

describe('a landing lock that other daemons hold', () => {
  it('is waited for, and after half an hour a person is told; it goes on by itself', () => {
    const busy = (ticket: TicketState, at: number) => stepTicket(ticket, {type: 'landingBusy', at, rules: RULES})
    const first = busy(aTicket('merging'), 1000)
    expect(first.state).toMatchObject({value: 'checking', context: {busySince: 1000}})
    const merging = {...first.state, value: 'merging' as const}
    expect(busy(merging, 1000 + 29 * 60_000).state.value).toBe('checking')
    const late = busy(merging, 1000 + 30 * 60_000)
    expect(late.state).toMatchObject({value: 'held', context: {reason: expect.stringContaining('landing lock')}})
    expect(late.output).toMatchObject([{name: 'timer'}])
  })
})

describe('a ticket from before a restart', () => {
  it.each<[TicketValue, Partial<TicketState['context']>, boolean, string[]]>([
    ['working', {}, false, ['promptAgent']],
    ['working', {}, true, []],
    ['bottled', {boarded: true}, true, ['openPull']],
    ['bottled', {boarded: false}, true, []],
    ['queued', {paused: true, starts: [1]}, true, ['timer']],
    ['queued', {paused: false}, true, []],
  ])('that is %s with %o resumes', (value, change, prompted, effects) => {
    const {context} = aTicket(value)
    const {output} = stepTicket({value, context: {...context, ...change}}, {type: 'restored', at: 1, prompted})
    expect(output.map(({name}) => name)).toEqual(effects)
  })
})
