import fc from 'fast-check'
import {expect, it} from 'vitest'
import {judgeMerge} from '../../../src/model/landing/gate/gate.ts'
import {mayHandOver} from '../../../src/model/landing/gate/hand-over.ts'
import type {GateReading} from '../../../src/model/landing/gate/reading.ts'
import {type Change, check, checks, gateInput, HEAD, MINUTE, NO_RULES, review, touching} from './readings.ts'

/** Main requires `unit`, which runs, and GitHub blocks the merge for it. */
const waiting: Partial<GateReading> = {
  ...checks(check('unit', 'pending')),
  mergeState: 'blocked',
  rules: {...NO_RULES, requiredChecks: ['unit'], approvals: 1},
  reviews: [review()],
}
const reviewing: Partial<GateReading> = {
  ...waiting,
  ...checks(check('unit')),
  reviews: [],
  reviewDecision: 'required',
}

function may(change: Change): boolean {
  const input = gateInput(change)
  return mayHandOver(input, judgeMerge(input).lines)
}

it.each<[string, Change, boolean]>([
  ['waits for a required check', {reading: waiting}, true],
  ['waits for a required check that has not reported', {reading: {...waiting, ...checks()}}, true],
  ['waits for a review that main demands', {reading: reviewing}, true],
  [
    'waits for such a review for longer than checks may take',
    {reading: reviewing, expected: {waitedMs: 99 * MINUTE}},
    true,
  ],
  [
    'waits for a conversation that main demands to be resolved',
    {
      reading: {
        ...{...waiting, ...checks(check('unit'))},
        ...{conversations: 1, rules: {...NO_RULES, requiredChecks: ['unit'], conversations: true}},
      },
    },
    true,
  ],
  ['has nothing to wait for', {}, false],
  ['waits for a check that main does not require', {reading: {...waiting, ...checks(check('lint', 'pending'))}}, false],
  [
    'waits for a check that main requires and for another one',
    {reading: {...waiting, ...checks(check('unit', 'pending'), check('lint', 'pending'))}},
    false,
  ],
  ['has a failed check', {reading: {...waiting, ...checks(check('unit', 'failed'))}}, false],
  ['waits too long for its checks', {reading: waiting, expected: {waitedMs: 99 * MINUTE}}, false],
  ['has a reviewer who asked for changes', {reading: {...reviewing, reviews: [review({state: 'changes'})]}}, false],
  ['needs more reviews than main demands', {reading: reviewing, policy: {requireReviews: 2}}, false],
  ['is a draft', {reading: waiting, pull: {draft: true}}, false],
  [
    'is not up to date',
    {reading: {...waiting, base: {tip: 'e'.repeat(40), contained: false, hasWorkflows: true}}},
    false,
  ],
  ['is halted', {reading: waiting, expected: {halted: 'paused'}}, false],
  ['has an issue for people', {reading: {...waiting, issue: undefined}}, false],
  ['goes into a merge queue', {reading: {...waiting, rules: {...NO_RULES, mergeQueue: true}}}, false],
  ['is of rules that could not be read', {reading: {...waiting, rules: null}}, false],
  [
    'changes protected paths, which GitHub does not know',
    {
      reading: {
        ...waiting,
        ...touching({path: '.github/a', from: null, kind: 'added', added: 1, left: 1, removed: 0}).reading,
        reviews: [review({commit: 'e'.repeat(40)})],
      },
    },
    false,
  ],
])('what %s: %s', (_, change, expected) => {
  expect(may(change)).toBe(expected)
})

it('never leaves to GitHub what is not known, or what nothing is waited for', () => {
  const unknown = fc.constantFrom<Partial<GateReading>>(
    {mergeState: null},
    {mergeState: 'unknown'},
    {checks: null},
    {checks: {sha: 'e'.repeat(40), checks: [], suites: []}},
    {rules: null},
    {base: null},
    {changes: null},
    {issue: undefined},
  )
  fc.assert(
    fc.property(fc.constantFrom(waiting, reviewing), unknown, (reading, change) => {
      expect(may({reading: {...reading, ...change}})).toBe(false)
    }),
  )
  expect(HEAD).toHaveLength(40)
})
