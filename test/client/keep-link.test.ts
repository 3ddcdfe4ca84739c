import {setImmediate} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {keepLink} from '../../src/client/connection/keep-link.ts'
import {ManualClock} from '../terminal/helpers.ts'

it('waits longer and longer while each link ends at once', async () => {
  const clock = new ManualClock()
  let opened = 0
  const link = keepLink({
    open: async () => ({closed: Promise.resolve(++opened)}),
    clock,
    onUp() {},
    onDown() {},
  })
  for (let n = 0; n < 60; n++) {
    await setImmediate()
    clock.advance(500)
  }
  expect(opened).toBeGreaterThan(5)
  expect(opened).toBeLessThanOrEqual(12)
  link[Symbol.dispose]()
})
