import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {judgeRound, partSizes, suspectSizes, type TrialResult} from '../../../src/model/landing/train/split.ts'

/** Plays the rounds of a bundle in which these members (from 0) are bad; gives how it ends. */
function play(
  count: number,
  bad: ReadonlySet<number>,
  parallel: number,
): {landed: number[]; culprits: number[]; rounds: number; back: number[]} {
  let members = Array.from({length: count}, (_, index) => index)
  const [landed, culprits, back]: [number[], number[], number[]] = [[], [], []]
  let [sizes, knownRed, round, rounds]: [number[], boolean, number, number] = [[count], false, 0, 0]
  for (;;) {
    rounds += 1
    const trials = sizes.map((size): TrialResult => {
      const isRed = members.slice(0, size).some(member => bad.has(member))
      return {size, result: isRed ? 'red' : 'green'}
    })
    const answer = judgeRound(trials, {members: members.length, knownRed})
    if (!answer.known) throw new Error('a round of ended checks says nothing')
    landed.push(...members.slice(0, answer.land))
    const rest = members.slice(answer.land)
    if (rest.length === 0) return {landed, culprits, rounds, back}
    if (round === 0) {
      ;[sizes, round] = [partSizes(rest.length, parallel), 1]
      continue
    }
    const suspects = rest.slice(0, answer.suspects)
    back.push(...rest.slice(answer.suspects))
    if (suspects.length === 1) return {landed, culprits: [...culprits, ...suspects], rounds, back}
    members = suspects
    ;[sizes, knownRed, round] = [suspectSizes(suspects.length, parallel), true, round + 1]
  }
}

const bundles = fc.integer({min: 2, max: 20}).chain(count =>
  fc.record({
    count: fc.constant(count),
    bad: fc.uniqueArray(fc.nat(count - 1)),
    parallel: fc.integer({min: 1, max: 8}),
  }),
)

describe('the search for the bad one of a bundle', () => {
  it('lands only what is good and blames only what is bad', () => {
    fc.assert(
      fc.property(bundles, ({count, bad, parallel}) => {
        const bads = new Set(bad)
        const {landed, culprits, back} = play(count, bads, parallel)
        expect(landed.filter(member => bads.has(member))).toEqual([])
        expect(culprits.filter(member => !bads.has(member))).toEqual([])
        expect([...landed, ...culprits, ...back].sort((a, b) => a - b)).toEqual(
          Array.from({length: count}, (_, i) => i),
        )
        if (bad.length === 0) expect(landed).toHaveLength(count)
        else expect(culprits).toEqual([Math.min(...bad)])
      }),
    )
  })

  it.each(Array.from({length: 8}, (_, bad) => bad))('needs at most 3 rounds among 8 with 4 at once: number %i', bad => {
    const {rounds, culprits} = play(8, new Set([bad]), 4)
    expect(culprits).toEqual([bad])
    expect(rounds).toBeLessThanOrEqual(3)
  })
})

it('a batch is parted as evenly as the checks that may run at once allow, the whole last', () => {
  expect(partSizes(8, 4)).toEqual([2, 4, 6, 8])
  expect(partSizes(3, 4)).toEqual([1, 2, 3])
  expect(partSizes(10, 1)).toEqual([10])
})

it('one suspect is not tested, and the last of several neither', () => {
  expect(suspectSizes(1, 4)).toEqual([])
  expect(suspectSizes(2, 4)).toEqual([1])
  expect(suspectSizes(4, 4)).toEqual([1, 2, 3])
})

it('a red part beside a green whole was a flake', () => {
  const trials: TrialResult[] = [
    {size: 1, result: 'red'},
    {size: 2, result: 'green'},
  ]
  expect(judgeRound(trials, {members: 2, knownRed: false})).toEqual({known: true, land: 2, suspects: 0})
})

it('nothing is known before every trial that may clear more has ended', () => {
  const trials: TrialResult[] = [
    {size: 1, result: 'green'},
    {size: 2, result: 'pending'},
  ]
  expect(judgeRound(trials, {members: 2, knownRed: false})).toEqual({known: false})
})
