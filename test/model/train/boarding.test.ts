import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {
  type Clash,
  OLD_MS,
  type Passenger,
  planBoarding,
  type UnderRepair,
} from '../../../src/model/landing/train/boarding.ts'

const MINUTE = 60_000
const passenger = (ticket: number, change: Partial<Passenger> = {}): Passenger => ({
  ticket,
  priority: 0,
  since: ticket,
  setBacks: 0,
  alone: null,
  ...change,
})
const plan = (
  passengers: Passenger[],
  {clashes = [], underRepair = [], size = 10, at = 0, ...rest}: Partial<Parameters<typeof planBoarding>[1]> = {},
) => planBoarding(passengers, {clashes, underRepair, size, at, ...rest})

describe('boarding', () => {
  it('takes the higher priority first, then the older, as many as fit', () => {
    const {aboard, stays} = plan([passenger(1), passenger(2, {priority: 3}), passenger(3)], {size: 2})
    expect(aboard).toEqual([2, 1])
    expect(stays).toEqual([{ticket: 3, why: 'the bundle is full with 2'}])
  })

  it('leaves behind what conflicts with somebody aboard, and names it', () => {
    const clashes = [{one: 1, other: 2, paths: ['cart.ts']}]
    const {aboard, stays} = plan([passenger(1), passenger(2), passenger(3)], {clashes})
    expect(aboard).toEqual([1, 3])
    expect(stays).toEqual([{ticket: 2, why: 'conflicts with #1 in cart.ts'}])
  })

  it('lets what conflicts with somebody aboard land alone where conflict_strategy says so', () => {
    const clashes = [{one: 1, other: 2, paths: ['cart.ts']}]
    const {aboard, alone, stays} = plan([passenger(1), passenger(2), passenger(3)], {clashes, conflicts: 'alone'})
    expect([aboard, alone, stays]).toEqual([[1, 3], [{ticket: 2, why: 'conflicts with #1 in cart.ts'}], []])
  })

  it('sends back what conflicts with main before any check runs', () => {
    const {aboard, repair} = plan([passenger(1), passenger(2), passenger(3)], {
      clashes: [{one: 2, other: null, paths: ['a']}],
    })
    expect([aboard, repair]).toEqual([[1, 3], [{ticket: 2, paths: ['a']}]])
  })

  it('repairs one at a time of those that conflict with main in the same file', () => {
    const withMain = (one: number, ...paths: string[]): Clash => ({one, other: null, paths})
    const clashes = [withMain(1, 'a'), withMain(2, 'b', 'a'), withMain(3, 'b'), withMain(4, 'c')]
    const all = [1, 2, 3, 4].map(ticket => passenger(ticket))
    const {repair, stays} = plan(all, {clashes})
    expect(repair.map(({ticket}) => ticket)).toEqual([1, 3, 4])
    expect(stays).toEqual([{ticket: 2, why: 'conflicts with main in b, a, where #1 is repaired first'}])
    const again = (underRepair: UnderRepair[], at = 0) =>
      plan([passenger(2)], {clashes, underRepair, at}).repair.map(({ticket}) => ticket)
    expect(again([{ticket: 9, paths: ['a']}])).toEqual([])
    expect(again([{ticket: 9, paths: ['c']}])).toEqual([2])
    // However long the other one takes.
    expect(again([{ticket: 9, paths: ['a']}], OLD_MS + 2)).toEqual([2])
  })

  it('repairs the first of two that were repaired and conflict again, so that neither waits for the other', () => {
    const clashes = [1, 2].map(one => ({one, other: null, paths: ['a']}))
    const underRepair = [1, 2].map(ticket => ({ticket, paths: ['a']}))
    const {repair, stays} = plan([passenger(1), passenger(2)], {clashes, underRepair})
    expect([repair.length, stays.length]).toEqual([1, 1])
  })

  it('one ticket needs no bundle', () => {
    expect(plan([passenger(1)])).toMatchObject({aboard: [], alone: [{ticket: 1}]})
    expect(plan([passenger(1), passenger(2, {alone: 'it is labelled land:alone'})])).toMatchObject({
      aboard: [],
      alone: [{ticket: 2, why: 'it is labelled land:alone'}, {ticket: 1}],
    })
  })

  it('one that trains left behind falls back by a bounded time', () => {
    const late = passenger(1, {since: 0, setBacks: 99})
    const order = (since: number) => plan([late, passenger(2, {since}), passenger(3, {since: 90 * MINUTE})]).aboard
    expect(order(29 * MINUTE)).toEqual([2, 1, 3])
    expect(order(31 * MINUTE)).toEqual([1, 2, 3])
  })

  it('lets nobody wait for ever, whatever else arrives', () => {
    const arrivals = fc.array(
      fc.array(fc.record({priority: fc.constantFrom(0, 1, 3, 200), setBacks: fc.nat(9)}), {maxLength: 6}),
      {minLength: 40, maxLength: 40},
    )
    fc.assert(
      fc.property(arrivals, fc.integer({min: 2, max: 4}), (trains, size) => {
        const first = passenger(1, {since: 0, setBacks: 9})
        let waiting = [first]
        let next = 2
        for (const [index, arrived] of trains.entries()) {
          const at = index * 10 * MINUTE
          waiting.push(...arrived.slice(0, size).map(change => passenger(next++, {...change, since: at})))
          const {aboard, alone} = plan(waiting, {size, at})
          waiting = waiting.filter(({ticket}) => ![...aboard, ...alone.map(one => one.ticket)].includes(ticket))
          if (!waiting.includes(first)) return
        }
        expect(trains.length * 10 * MINUTE).toBeLessThan(OLD_MS)
      }),
      {numRuns: 50},
    )
  })
})
