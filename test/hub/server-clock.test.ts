import {expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {ServerClock, shifted} from '../../src/hub/postgres/server-clock.ts'

const HOUR = 60 * 60_000

it('compares the clocks once a minute, and at once after this one was set', async () => {
  const clock = createFakeClock()
  let [ahead, asked] = [2 * HOUR, 0]
  const server = new ServerClock(clock)
  const look = () =>
    server.aheadMs(async () => {
      asked++
      return clock.now() + ahead
    })
  expect(await look()).toBe(2 * HOUR)
  await clock.advance(59_000)
  expect([await look(), asked]).toEqual([2 * HOUR, 1])
  clock.jump(HOUR)
  ahead -= HOUR
  expect([await look(), asked]).toEqual([HOUR, 2])
  // What is near enough stays as it is, so that a time that is read twice is the same.
  ahead += 900
  await clock.advance(60_000)
  expect([await look(), asked]).toEqual([HOUR, 3])
  ahead = 900
  await clock.advance(60_000)
  expect(await look()).toBe(0)
})

it('takes no slow answer for the time', async () => {
  const clock = createFakeClock()
  const server = new ServerClock(clock)
  const ahead = await server.aheadMs(async () => {
    const then = clock.now()
    await clock.advance(5000)
    return then + HOUR
  })
  expect(ahead).toBe(0)
})

it('moves the times of calls and results, and nothing that an event tells', () => {
  const row = {id: 5, at: 10, ended: {at: 20, by: 'ada'}, dueAt: null, metadata: {at: 30}, list: [{expiresAt: 40}]}
  expect(shifted(row, 5)).toEqual({
    ...row,
    at: 15,
    ended: {at: 25, by: 'ada'},
    list: [{expiresAt: 45}],
  })
  expect(shifted(row, 0)).toBe(row)
})
