import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {type HaltCause, haltOf, haltText, heldCause, rewriteCause} from '../../src/model/landing/halt.ts'
import {aConfig, anIssue, aPull, aReading} from './builders.ts'

const sha = (n: number) => n.toString(16).padStart(40, '0')

const REWRITE = {from: sha(1), to: sha(9)}
const CAUSE = {...rewriteCause(REWRITE), at: '2026-01-01T00:00:00Z', by: 'other', lifted: null} satisfies HaltCause
const WORK = {
  head: sha(2),
  branch: 'b',
  commits: [{sha: sha(2), subject: 'work'}],
  dirty: [],
  changed: [],
  loosePointers: [],
}
const HALT = {oid: sha(5), causes: [CAUSE]}

/** #7 is bottled and waits for a train. */
function bottled() {
  let state = newState({
    config: aConfig({bundling: {leave_early: false}}),
    mode: {routing: 'by hand', landing: 'train'},
    at: 0,
  })
  const tell = (fact: Fact, at = 1) => {
    const {state: next, effects} = decide(state, fact, at)
    state = next
    return effects
  }
  const see = () => tell({type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)})
  see()
  tell({type: 'popAsked', issue: 7})
  tell({type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's'})
  tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
  tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
  tell({type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}})
  tell({type: 'workInspected', ticket: 7, work: WORK})
  tell({type: 'ticketBottled', ticket: 7, head: sha(2)})
  return {tell, state: () => state, value: () => state.tickets[7]?.value}
}

const names = (effects: readonly {name: string}[]) => effects.map(({name}) => name)

describe('a halt of landing', () => {
  it('is told once, written into the record, and lets no train and no person land without lifting it', () => {
    const {tell, value, state} = bottled()
    const told = tell({type: 'mainRewritten', ...REWRITE})
    expect(told).toContainEqual({name: 'haltLanding', noticed: rewriteCause(REWRITE)})
    expect(told).toContainEqual(expect.objectContaining({name: 'notify', level: 'error'}))
    expect(told).toContainEqual(
      expect.objectContaining({name: 'record', event: expect.objectContaining({severity: 'critical'})}),
    )
    expect(tell({type: 'mainRewritten', ...REWRITE}), 'once').toEqual([])
    tell({type: 'trainDeparted'})
    tell({type: 'landAsked', tickets: null})
    expect(value()).toBe('bottled')
    expect(tell({type: 'haltWritten', cause: rewriteCause(REWRITE), halt: HALT})).toEqual([])
    expect(state().halt).toEqual({seen: HALT, noticed: []})
    tell({type: 'haltLifted', causes: HALT.causes, by: 'ada'})
    expect(haltOf(state().halt)).toBeNull()
    tell({type: 'landAsked', tickets: null})
    expect(value()).toBe('opening')
  })

  it('by a blocker on main holds the train and ends with the blocker, with nothing to lift', () => {
    const {tell, value, state} = bottled()
    const held = heldCause({message: 12, by: 'ada@laptop', why: 'release day', until: 3_600_000})
    const told = tell({type: 'mainHeld', held})
    expect(told).toContainEqual(expect.objectContaining({name: 'notify', level: 'warning'}))
    expect(names(told)).not.toContain('haltLanding')
    expect(tell({type: 'mainHeld', held}), 'once').toEqual([])
    expect(haltText(haltOf(state().halt)!)).toBe(
      'landing is halted: main is held by ada@laptop until 01:00 UTC at most: release day (to end it: ' +
        'clambake send @all "it is free" --kind done --answers 12); it continues by itself when the blocker ends',
    )
    tell({type: 'trainDeparted'})
    tell({type: 'landAsked', tickets: null})
    expect(value()).toBe('bottled')
    // What a record says comes and goes beside it.
    tell({type: 'haltSeen', halt: HALT})
    tell({type: 'haltLifted', causes: HALT.causes, by: 'ada'})
    tell({type: 'landAsked', tickets: null})
    expect(value()).toBe('bottled')
    tell({type: 'mainHeld', held: null})
    expect(haltOf(state().halt)).toBeNull()
    tell({type: 'trainDeparted'})
    expect(value()).toBe('opening')
  })

  it('that another daemon wrote counts here, is told, and ends when it is lifted there', () => {
    const {tell, value, state} = bottled()
    expect(names(tell({type: 'haltSeen', halt: HALT}))).toEqual(['record', 'notify'])
    expect(tell({type: 'haltSeen', halt: HALT}), 'once').toEqual([])
    tell({type: 'trainDeparted'})
    expect(value()).toBe('bottled')
    tell({type: 'haltSeen', halt: null})
    expect(haltOf(state().halt)).toBeNull()
    tell({type: 'trainDeparted'})
    expect(value()).toBe('opening')
  })

  it('that could not be written counts here, and is written at the next look', () => {
    const {tell, state} = bottled()
    const error = {code: 'git-failed', message: 'no', exitCode: 1} as const
    const [effect] = tell({type: 'mainRewritten', ...REWRITE}).filter(({name}) => name === 'haltLanding')
    tell({type: 'effectFailed', effect: effect!, error, lost: false})
    expect(haltOf(state().halt)).not.toBeNull()
    expect(names(tell({type: 'haltSeen', halt: null}))).toEqual(['haltLanding'])
    expect(haltOf(state().halt)).not.toBeNull()
    // A person lifted it elsewhere while it was being written here.
    tell({type: 'haltWritten', cause: rewriteCause(REWRITE), halt: null})
    expect(haltOf(state().halt)).toBeNull()
  })

  it('holds a green ticket instead of merging it, which lands once the halt is lifted', () => {
    const {tell, value} = bottled()
    tell({type: 'landAsked', tickets: null})
    tell({type: 'pullOpened', ticket: 7, pull: 70})
    const green = aReading(aPull(70, {head: {branch: 'agent001/7-x', sha: sha(2)}}))
    tell({type: 'pullSeen', ticket: 7, reading: {...green, rewrite: REWRITE}})
    expect(value()).toBe('held')
    tell({type: 'pullSeen', ticket: 7, reading: green})
    expect(value()).toBe('held')
    tell({type: 'haltLifted', causes: [CAUSE], by: 'ada'})
    expect(names(tell({type: 'pullSeen', ticket: 7, reading: green}))).toContain('mergePull')
  })
})
