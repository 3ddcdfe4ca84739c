import {expect, it} from 'vitest'
import {keptSeeds} from './kept-seeds.ts'
import {playSeeds, replayOf, wrongIn} from './seeds.ts'
import {simulate} from './simulation.ts'

/** So many in `npm test`; `npm run test:chaos` takes thousands of others. */
const SEEDS = 80

it('no order of faults, kills, ends and changes by hand loses work, sticks, claims twice or merges untested', async () => {
  const failed: string[] = []
  const seeds = Array.from({length: SEEDS}, (_, index) => index + 1)
  const {merges} = await playSeeds(seeds, outcome => {
    failed.push(`${wrongIn(outcome).join('; ')}: ${replayOf(outcome.seed)}`)
  })
  expect(failed).toEqual([])
  // A world in which nothing is ever merged would prove nothing.
  expect(merges).toBeGreaterThan(SEEDS / 2)
})

it('what failed once does not fail again', async () => {
  const failed: string[] = []
  for (const {seed, only, found} of keptSeeds()) {
    const wrong = wrongIn(await simulate(seed, only))
    if (wrong.length > 0) failed.push(`${seed} (${found}): ${wrong.join('; ')}`)
  }
  expect(failed).toEqual([])
})
