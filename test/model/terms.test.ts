import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type LandTerms, landTerms, NO_TERMS} from '../../src/model/data/landing/terms.ts'
import {judgeMerge} from '../../src/model/landing/gate/gate.ts'
import {gatePolicy} from '../../src/model/landing/gate/policy.ts'
import {aloneBy, gateTerms, joinTerms, methodFor} from '../../src/model/landing/terms.ts'
import {aConfig} from './builders.ts'
import {check, checks, gateInput, MINUTE, noChecks, review} from './gate/readings.ts'

const anyTerms: fc.Arbitrary<LandTerms> = fc.record({
  requireCi: fc.boolean(),
  requireReviews: fc.nat(3),
  strategy: fc.constantFrom('merge', 'squash', 'rebase', null),
  deleteBranch: fc.boolean(),
  notifyAgents: fc.boolean(),
  autoMerge: fc.boolean(),
})
const anyIntegration = fc.record({allow_no_checks: fc.boolean(), require_reviews: fc.nat(3)})
const anyReading = fc.record({
  checks: fc.constantFrom(
    noChecks,
    {...noChecks, baseChecks: {shown: false, idleApps: [], failing: []}},
    checks(check('unit')),
    checks(check('unit', 'pending')),
  ),
  reviews: fc.array(fc.constantFrom(review({by: 'ada'}), review({by: 'bob'})), {maxLength: 2}),
  waitedMs: fc.constantFrom(0, MINUTE, 40 * MINUTE),
})

describe('the terms of a landing', () => {
  it('never let land what the configuration does not let land', () => {
    fc.assert(
      fc.property(anyTerms, anyIntegration, anyReading, (terms, integration, {checks: seen, reviews, waitedMs}) => {
        const config = aConfig({integration})
        const input = gateInput({reading: {...seen, reviews}, expected: {waitedMs}})
        const verdict = (asked: LandTerms) => judgeMerge({...input, policy: gatePolicy(config, asked)}).verdict
        if (verdict(terms) === 'merge') expect(verdict(NO_TERMS)).toBe('merge')
      }),
    )
  })

  it('of a bundle are as strict as those of each who is aboard', () => {
    fc.assert(
      fc.property(fc.array(anyTerms, {minLength: 1}), all => {
        const joined = gatePolicy(aConfig({integration: {allow_no_checks: true}}), joinTerms(all))
        for (const terms of all) {
          const own = gatePolicy(aConfig({integration: {allow_no_checks: true}}), terms)
          expect(joined.requireReviews).toBeGreaterThanOrEqual(own.requireReviews)
          expect(!joined.allowNoChecks || own.allowNoChecks).toBe(true)
        }
      }),
    )
  })

  it('of those that share a bundle name one strategy at most', () => {
    fc.assert(
      fc.property(fc.array(anyTerms, {minLength: 1}), all => {
        const aboard = all.filter(terms => aloneBy(terms, all) === null)
        const strategies = new Set(aboard.map(({strategy}) => strategy))
        expect(strategies.size).toBeLessThanOrEqual(1)
        expect(aboard.every(({requireReviews}) => requireReviews === 0)).toBe(true)
      }),
    )
  })

  it('choose the way to merge before the configuration does', () => {
    const config = aConfig({integration: {merge_strategy: 'rebase'}})
    expect(methodFor(config, NO_TERMS)).toBe('rebase')
    expect(methodFor(config, {...NO_TERMS, strategy: 'merge'})).toBe('merge')
  })

  it('are told a line each, and those of an older record are none', () => {
    expect(gateTerms({...NO_TERMS, requireCi: true, requireReviews: 2})).toEqual([
      'what nothing checks does not land',
      'each needs 2 approvals of people with write access',
    ])
    expect(landTerms.parse({})).toEqual(NO_TERMS)
  })
})
