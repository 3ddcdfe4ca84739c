import {describe, expect, it} from 'vitest'
import {machineError} from '../../src/base/errors.ts'
import {
  classOf,
  ERROR_CLASSES,
  type ErrorClass,
  handlingOf,
  nextOf,
  retryPause,
} from '../../src/model/core/error-classes.ts'

const MINUTE = 60_000

describe.each(Object.entries(ERROR_CLASSES))('an error of the class %s', (_name, {retry, forMs, personMs, next}) => {
  it('is retried with growing pauses, and ends or reaches a person within 70 minutes', () => {
    expect(next).not.toBe('')
    if (retry === null) return
    expect(retry.firstMs).toBeGreaterThanOrEqual(500)
    expect(retryPause(retry, 1)).toBe(retry.firstMs)
    expect(retryPause(retry, 2)).toBe(2 * retry.firstMs)
    expect(retryPause(retry, 1000)).toBe(retry.lastMs)
    expect(Math.min(personMs, forMs ?? personMs)).toBeLessThanOrEqual(70 * MINUTE)
    // A person is shown what is retried before it is given up.
    if (forMs !== null) expect(personMs).toBeLessThan(forMs)
  })
})

it.each<[Parameters<typeof classOf>[0]['code'], ErrorClass]>([
  ['github-rate-limited', 'rate limit'],
  ['remote-unreachable', 'network'],
  ['auth-refused', 'auth'],
  ['push-refused', 'rule'],
  ['branch-moved', 'conflict'],
  ['no-branch', 'missing branch'],
  ['foreign-branch', 'dirty tree'],
  ['disk-full', 'disk'],
  ['disk-broken', 'disk'],
  ['machine-exhausted', 'machine'],
  ['claim-unreadable', 'corrupt store'],
  ['version-mismatch', 'version skew'],
  ['run-interrupted', 'ended by a signal'],
  ['no-such-pane', 'ended by a signal'],
  ['internal', 'other'],
])('the code %s is of the class %s', (code, found) => {
  expect(classOf({code})).toBe(found)
})

it('what the error says to do next comes before what its class says', () => {
  expect(nextOf(machineError('disk-full', 'write').toJSON())).toBe('free space; Clambake tries again by itself')
  const plain = {code: 'disk-full', message: 'full', exitCode: 1} as const
  expect(nextOf(plain)).toBe(handlingOf(plain).next)
})

it('names only commands that help: one that lists frees nothing, and diagnose does not look at the hub', () => {
  expect(ERROR_CLASSES.disk.next).toMatch(/clambake cleanup --dry-run lists /)
  expect(ERROR_CLASSES['corrupt store'].next).toBe('clambake doctor says what cannot be read')
})
