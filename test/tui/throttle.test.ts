import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {Throttle} from '../../src/tui/throttle.ts'

function setUp(works = true) {
  const clock = createFakeClock()
  const runs: number[] = []
  const throttle = new Throttle({
    clock,
    everyMs: 16,
    task: () => {
      runs.push(clock.monotonic())
      return works
    },
  })
  return {clock, runs, throttle}
}

it('runs at once, then once per interval however often it is asked', async () => {
  const {clock, runs, throttle} = setUp()
  for (let ms = 0; ms < 40; ms++) {
    throttle.request()
    throttle.request()
    await clock.advance(0)
    await clock.advance(1)
  }
  expect(runs).toEqual([0, 16, 32])
})

it('brings forward what has become urgent, but not without end', async () => {
  const {clock, runs, throttle} = setUp()
  throttle.request()
  await clock.advance(1)
  throttle.request()
  await clock.advance(4)
  for (let ms = 0; ms < 8; ms++) {
    throttle.request({urgent: true})
    await clock.advance(0)
    await clock.advance(1)
  }
  expect(runs).toEqual([0, 5, 9, 13])
})

it('does not wait after a run that did nothing', async () => {
  const {clock, runs, throttle} = setUp(false)
  throttle.request()
  await clock.advance(0)
  await clock.advance(1)
  throttle.request()
  await clock.advance(0)
  expect(runs).toEqual([0, 1])
})

it('runs no more once disposed', async () => {
  const {clock, runs, throttle} = setUp()
  throttle.request()
  await clock.advance(0)
  throttle.request()
  throttle[Symbol.dispose]()
  throttle.request()
  await clock.advance(100)
  expect(runs).toEqual([0])
  expect(clock.pending).toBe(0)
})
