import {expect, it} from 'vitest'
import {isBudgetLow, tighterQuota} from '../../src/model/spending/api-budget.ts'

const rest = {limit: 5000, remaining: 4000, resetAt: 1, calls: 9}

it('the budget that matters is the one of which less is left', () => {
  expect(tighterQuota({...rest, graphql: null})).toEqual({limit: 5000, remaining: 4000, resetAt: 1, unit: 'requests'})
  const points = {limit: 10_000, remaining: 4100, resetAt: 2}
  expect(tighterQuota({...rest, graphql: points})).toEqual({...points, unit: 'points'})
  expect(tighterQuota({...rest, graphql: {...points, remaining: 9000}})).toMatchObject({unit: 'requests'})
  // Nothing was asked by REST yet.
  expect(tighterQuota({...rest, limit: 0, remaining: 0, graphql: points})).toMatchObject({unit: 'points'})
})

it('is low when less than a tenth of either is left, and not while none is known', () => {
  expect(isBudgetLow({...rest, graphql: null})).toBe(false)
  expect(isBudgetLow({...rest, remaining: 499, graphql: null})).toBe(true)
  expect(isBudgetLow({...rest, graphql: {limit: 5000, remaining: 499, resetAt: 0}})).toBe(true)
  expect(isBudgetLow({limit: 0, remaining: 0, resetAt: 0, calls: 0, graphql: null})).toBe(false)
})
