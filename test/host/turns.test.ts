import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {Turns} from '../../src/host/turns.ts'

function setUp() {
  const clock = createFakeClock()
  const turns = new Turns<string>(clock)
  const done: string[] = []
  /** Works for so long once the turn has come. */
  const work = async (key: string, ms: number) => {
    using _turn = await turns.take(key)
    await clock.advance(ms)
    done.push(`${key} at ${clock.monotonic()}`)
  }
  return {clock, done, work}
}

it('let one that has worked for long rest, and others begin at once', async () => {
  const {clock, done, work} = setUp()
  await work('a', 10)
  const waits = work('a', 0)
  await work('b', 2)
  await clock.advance(37)
  expect(done).toEqual(['a at 10', 'b at 12'])
  await clock.advance(1)
  await waits
  expect(done.at(-1)).toBe('a at 50')
})

it('add short ones up, and come in their order', async () => {
  const {clock, done, work} = setUp()
  for (let turn = 0; turn < 5; turn++) await work('a', 1)
  const waits = [work('a', 0), work('a', 0)]
  await clock.advance(19)
  expect(done).toHaveLength(5)
  await clock.advance(1)
  await Promise.all(waits)
  expect(done.slice(5)).toEqual(['a at 25', 'a at 25'])
})
