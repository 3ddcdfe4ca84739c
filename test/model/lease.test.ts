import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {isLeaseExpired, type LeaseSight, observeLease, ownerLife} from '../../src/model/data/lease.ts'

const LEASE_MS = 1000
const look = fc.record({oid: fc.constantFrom('a', 'b', null), after: fc.integer({min: 0, max: 700})})

describe('a lease', () => {
  it('runs out only when every look of a whole lease found the same', () => {
    fc.assert(
      fc.property(fc.array(look, {minLength: 1, maxLength: 30}), looks => {
        let at = 0
        let sight: LeaseSight | undefined
        const seen: {oid: string | null; at: number}[] = []
        for (const {oid, after} of looks) {
          at += after
          seen.push({oid, at})
          sight = observeLease(sight, {oid, at})
          const change = seen.findLastIndex(earlier => earlier.oid !== oid)
          const unchangedFor = at - seen[change + 1]!.at
          expect(isLeaseExpired(sight, LEASE_MS)).toBe(unchangedFor >= LEASE_MS)
        }
      }),
    )
  })

  it('says no more about its owner than was seen', () => {
    expect(ownerLife(undefined, LEASE_MS)).toEqual({is: 'unknown'})
    const first = observeLease(undefined, {oid: 'a', at: 0})
    expect(ownerLife(first, LEASE_MS)).toEqual({is: 'quiet', ms: 0})
    const renewed = observeLease(first, {oid: 'b', at: 300})
    expect(ownerLife(renewed, LEASE_MS)).toEqual({is: 'renews'})
    const late = observeLease(renewed, {oid: 'b', at: 1000})
    expect(ownerLife(late, LEASE_MS)).toEqual({is: 'quiet', ms: 700})
    expect(ownerLife(observeLease(late, {oid: 'b', at: 1300}), LEASE_MS)).toEqual({is: 'dead'})
    expect(ownerLife(observeLease(late, {oid: 'c', at: 1300}), LEASE_MS)).toEqual({is: 'renews'})
  })

  it('does not run out while it is not watched', () => {
    const sight = observeLease(undefined, {oid: 'a', at: 0})
    expect(isLeaseExpired(sight, LEASE_MS)).toBe(false)
    expect(isLeaseExpired(observeLease(sight, {oid: 'b', at: 5000}), LEASE_MS)).toBe(false)
  })
})
