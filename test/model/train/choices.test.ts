import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type Clash, type Passenger, planBoarding} from '../../../src/model/landing/train/boarding.ts'
import {choicesOf, staysIn} from '../../../src/model/landing/train/choices.ts'

const passenger = (ticket: number, change: Partial<Passenger> = {}): Passenger => ({
  ...{ticket, priority: 0, since: ticket, setBacks: 0, alone: null},
  ...change,
})
const boardOf =
  (passengers: readonly Passenger[], {clashes = [], size = 10}: {clashes?: readonly Clash[]; size?: number} = {}) =>
  (tickets: readonly number[]) =>
    planBoarding(
      passengers.filter(({ticket}) => tickets.includes(ticket)),
      {clashes, underRepair: [], size, at: 0},
    )

describe('choices of a train', () => {
  const [one, two, three] = [passenger(1), passenger(2), passenger(3)]
  const bottled = [1, 2, 3]

  it('one that conflicts with the chosen ones cannot board until they are taken off', () => {
    const board = boardOf([one, two, three], {clashes: [{one: 1, other: 2, paths: ['cart.ts']}]})
    expect(choicesOf(board, {bottled, chosen: bottled})).toEqual([
      {ticket: 1, chosen: true, cannot: null},
      {ticket: 3, chosen: true, cannot: null},
      {ticket: 2, chosen: false, cannot: 'conflicts with #1 in cart.ts'},
    ])
    expect(choicesOf(board, {bottled, chosen: [3]}).find(({ticket}) => ticket === 2)).toEqual({
      ...{ticket: 2, chosen: false, cannot: null},
    })
    // The chosen one stays, though the other would board before it.
    expect(choicesOf(board, {bottled, chosen: [2, 3]})[0]).toEqual({
      ...{ticket: 1, chosen: false, cannot: 'with it, #2 would stay: conflicts with #1 in cart.ts'},
    })
  })

  it('a full bundle takes one more only in the place of another, and what conflicts with main none', () => {
    const board = boardOf([one, two, three], {size: 2, clashes: [{one: 3, other: null, paths: ['a']}]})
    expect(choicesOf(board, {bottled, chosen: [1, 2]}).at(-1)?.cannot).toBe(
      'conflicts with main in a, and goes back to its agent',
    )
    expect(choicesOf(boardOf([one, two, three], {size: 2}), {bottled, chosen: [2, 3]})[0]?.cannot).toBe(
      'with it, #3 would stay: the bundle is full with 2',
    )
  })

  it('whatever may be chosen boards with all that are chosen, and the order never changes', () => {
    const world = fc.record({
      alone: fc.array(fc.integer({min: 1, max: 8}), {maxLength: 3}),
      clashes: fc.array(
        fc.record({one: fc.integer({min: 1, max: 8}), other: fc.option(fc.integer({min: 1, max: 8}))}),
        {maxLength: 8},
      ),
      size: fc.integer({min: 1, max: 6}),
      chosen: fc.subarray([1, 2, 3, 4, 5, 6, 7, 8]),
    })
    fc.assert(
      fc.property(world, ({alone, clashes, size, chosen}) => {
        const all = [1, 2, 3, 4, 5, 6, 7, 8]
        const passengers = all.map(ticket => passenger(ticket, {alone: alone.includes(ticket) ? 'labelled' : null}))
        const board = boardOf(passengers, {clashes: clashes.map(clash => ({...clash, paths: ['a']})), size})
        const choices = choicesOf(board, {bottled: all, chosen})
        const on = choices.filter(choice => choice.chosen).map(({ticket}) => ticket)
        for (const {ticket, cannot} of choices.filter(choice => !choice.chosen)) {
          if (cannot !== null) continue
          const then = board([...on, ticket])
          expect([...on, ticket].filter(issue => staysIn(then, issue) !== null)).toEqual([])
        }
        expect(choices.map(({ticket}) => ticket)).toEqual(
          choicesOf(board, {bottled: all, chosen: []}).map(({ticket}) => ticket),
        )
      }),
    )
  })
})
