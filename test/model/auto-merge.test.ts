import fc from 'fast-check'
import {expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import {NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {judgeMerge} from '../../src/model/landing/gate/gate.ts'
import {mayHandOver} from '../../src/model/landing/gate/hand-over.ts'
import {gatePolicy} from '../../src/model/landing/gate/policy.ts'
import type {GateReading} from '../../src/model/landing/gate/reading.ts'
import {newContext} from '../../src/model/ticket/context.ts'
import {aConfig} from './builders.ts'
import {check, checks, greenPull, greenReading, HEAD, NO_RULES} from './gate/readings.ts'

const config = aConfig({integration: {ci_timeout: 60}})
const WAITING: Partial<GateReading> = {
  ...checks(check('unit', 'pending')),
  mergeState: 'blocked',
  rules: {...NO_RULES, requiredChecks: ['unit']},
}

/** What a person, GitHub or an agent may do between two looks. */
const LOOKS: readonly Partial<GateReading>[] = [
  WAITING,
  WAITING,
  {...WAITING, ...checks(check('unit'))},
  {...WAITING, ...checks(check('unit', 'pending'), check('lint', 'pending'))},
  {...WAITING, ...checks(check('unit', 'failed'))},
  {...WAITING, issue: {state: 'closed', reason: null, labels: [], column: null}},
  {...WAITING, base: {tip: 'e'.repeat(40), contained: false, hasWorkflows: true}},
  {...WAITING, pull: greenPull({draft: true})},
  {...WAITING, rules: null},
  {},
]
type Step = {do: 'look'; index: number} | {do: 'land'; autoMerge: boolean} | {do: 'halt' | 'lift' | 'stop'}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {weight: 6, arbitrary: fc.nat(LOOKS.length - 1).map(index => ({do: 'look' as const, index}))},
  {weight: 2, arbitrary: fc.boolean().map(autoMerge => ({do: 'land' as const, autoMerge}))},
  {weight: 1, arbitrary: fc.constantFrom<Step>({do: 'halt'}, {do: 'lift'}, {do: 'stop'})},
)

/** A ticket whose pull request is checked, on the terms that it may be left to auto-merge. */
function begin(): State {
  const known = {issue: 7, title: 'Cart', agent: 'agent001', branch: 'b', since: 0, head: HEAD, pull: 8} as const
  const terms = {...NO_TERMS, autoMerge: true}
  const context = newContext(config, {...known, boarded: true, alone: 'it is the only one', terms})
  const state = newState({config, mode: {routing: 'off', landing: 'by hand'}, at: 0})
  return {...state, tickets: {7: {value: 'checking', context}}}
}

const CAUSE = {kind: 'pause', reason: 'paused', from: null, to: null} as const
const HALT = {oid: 'a'.repeat(40), causes: [{...CAUSE, at: '', by: 'ada', lifted: null}]}

function factOf(step: Step, isOn: boolean): Fact {
  switch (step.do) {
    case 'look':
      return {type: 'pullSeen', ticket: 7, reading: greenReading({...LOOKS[step.index], autoMerge: isOn})}
    case 'land':
      return {type: 'landAsked', tickets: [7], terms: {...NO_TERMS, autoMerge: step.autoMerge}}
    case 'halt':
      return {type: 'haltSeen', halt: HALT}
    case 'lift':
      return {type: 'haltSeen', halt: null}
    case 'stop':
      return {type: 'stopAsked', ticket: 7}
  }
}

it('GitHub has a pull request only while the last look, the terms and no halt speak for it', () => {
  let wasOn = 0
  fc.assert(
    fc.property(fc.array(anyStep, {maxLength: 30}), steps => {
      let state = begin()
      let isOn = false
      let may = false
      let isHalted = false
      let terms = {...NO_TERMS, autoMerge: true}
      for (const [index, step] of steps.entries()) {
        const fact = factOf(step, isOn)
        let decision = decide(state, fact, index * 1000)
        if (fact.type === 'pullSeen') {
          const expected = {head: HEAD, waitedMs: 0, mayBeOurBlock: false, requeue: false, halted: null}
          const input = {
            ...{reading: fact.reading, policy: gatePolicy(config, terms)},
            expected: {...expected, repairsFirst: null, mainWasRed: false},
          }
          may = mayHandOver(input, judgeMerge(input).lines)
        }
        if (step.do === 'halt') isHalted = true
        if (step.do === 'lift') isHalted = false
        const effects = [...decision.effects]
        for (const effect of effects) {
          if (effect.name === 'keepTerms') terms = effect.terms
          if (effect.name !== 'setAutoMerge') continue
          isOn = effect.on
          if (effect.on) {
            // It is never asked for what is not GitHub's to wait for.
            expect({may, isHalted, autoMerge: terms.autoMerge}).toEqual({may: true, isHalted: false, autoMerge: true})
            wasOn++
            decision = decide(decision.state, {type: 'autoMergeSet', ticket: 7, is: 'on'}, index * 1000)
          }
        }
        state = decision.state
        const value = state.tickets[7]?.value
        const isMerging = value === 'mergeable' || value === 'merging' || value === 'finishing' || value === 'merged'
        if (isOn && !isMerging) expect([may, isHalted, terms.autoMerge]).toEqual([true, false, true])
        if (isOn && value === 'mergeable') expect(isHalted).toBe(false)
      }
    }),
    {numRuns: 300},
  )
  expect(wasOn).toBeGreaterThan(50)
})
