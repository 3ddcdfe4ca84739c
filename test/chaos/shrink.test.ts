import fc from 'fast-check'
import {expect, it} from 'vitest'
import {chanceOf, diceOf} from './random.ts'
import {shrink} from './shrink.ts'

it('leaves exactly what is needed to fail, in order', async () => {
  const all = Array.from({length: 40}, (_, index) => index)
  await fc.assert(
    fc.asyncProperty(fc.subarray(all), async needed => {
      const fails = async (part: readonly number[]) => needed.every(one => part.includes(one))
      expect(await shrink(all, fails)).toEqual(needed)
    }),
    {numRuns: 100},
  )
})

it('gives chance to a thing by its name, so that leaving one mishap out leaves the others', () => {
  const things = ['a call', 'another call', 'a kill']
  const play = (only?: readonly string[]) => {
    const dice = diceOf(7, only)
    const drawn = Array.from({length: 60}, (_, index) => dice.mishap(things[index % 3]!, 0.3)?.int(1000) ?? null)
    return {drawn, mishaps: dice.mishaps}
  }
  const whole = play()
  expect(whole.mishaps.length).toBeGreaterThan(8)
  expect(play(whole.mishaps)).toEqual(whole)
  const part = whole.mishaps.filter((_, index) => index !== 3)
  expect(play(part).mishaps).toEqual(part)
  const left = chanceOf(1).int(whole.mishaps.length)
  expect(play([whole.mishaps[left]!]).mishaps).toEqual([whole.mishaps[left]])
  expect(play([]).mishaps).toEqual([])
})
