import {expect, it} from 'vitest'
import {span} from '../../src/base/words.ts'

it('says a span of time in whole minutes or in seconds', () => {
  expect([1, 15, 0.5, 1 / 30, 1 / 60, 1.5, 10.01, 0].map(minutes => span(minutes * 60_000))).toEqual([
    '1 minute',
    '15 minutes',
    '30 seconds',
    '2 seconds',
    '1 second',
    '90 seconds',
    '10 minutes',
    '0 seconds',
  ])
})
