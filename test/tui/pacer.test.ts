import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {Pacer} from '../../src/tui/pacer.ts'

function setUp(works = true) {
  const clock = createFakeClock()
  const runs: number[] = []
  const pacer = new Pacer({
    clock,
    everyMs: 16,
    task: () => {
      runs.push(clock.monotonic())
      return works
    },
  })
  return {clock, runs, pacer}
}

it('runs at once, then once per interval however often it is asked', async () => {
  const {clock, runs, pacer} = setUp()
  for (let ms = 0; ms < 40; ms++) {
    pacer.request()
    pacer.request()
    await clock.advance(0)
    await clock.advance(1)
  }
  expect(runs).toEqual([0, 16, 32])
})

it('brings forward what has become urgent, but not without end', async () => {
  const {clock, runs, pacer} = setUp()
  pacer.request()
  await clock.advance(1)
  pacer.request()
  await clock.advance(4)
  for (let ms = 0; ms < 8; ms++) {
    pacer.request({urgent: true})
    await clock.advance(0)
    await clock.advance(1)
  }
  expect(runs).toEqual([0, 5, 9, 13])
})

it('does not wait after a run that did nothing', async () => {
  const {clock, runs, pacer} = setUp(false)
  pacer.request()
  await clock.advance(0)
  await clock.advance(1)
  pacer.request()
  await clock.advance(0)
  expect(runs).toEqual([0, 1])
})

it('runs no more once disposed', async () => {
  const {clock, runs, pacer} = setUp()
  pacer.request()
  await clock.advance(0)
  pacer.request()
  pacer[Symbol.dispose]()
  pacer.request()
  await clock.advance(100)
  expect(runs).toEqual([0])
  expect(clock.pending).toBe(0)
})
