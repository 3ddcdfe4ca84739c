import {expect, it, vi} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {poll, sleep, systemClock} from '../../src/base/clock.ts'

it('runs a task once, after its time, unless it is disposed of', async () => {
  const ran: string[] = []
  systemClock.after(1, () => ran.push('cancelled'))[Symbol.dispose]()
  await new Promise<void>(resolve => systemClock.after(5, resolve))
  expect(ran).toEqual([])
})

it('waits longer than a timer of Node can', async () => {
  vi.useFakeTimers()
  try {
    const ran: string[] = []
    const days = 24 * 3600_000
    systemClock.after(60 * days, () => ran.push('late'))
    systemClock.after(70 * days, () => ran.push('cancelled'))[Symbol.dispose]()
    await vi.advanceTimersByTimeAsync(60 * days - 1)
    expect(ran).toEqual([])
    await vi.advanceTimersByTimeAsync(20 * days)
    expect(ran).toEqual(['late'])
  } finally {
    vi.useRealTimers()
  }
})

it('never goes back', () => {
  const first = systemClock.monotonic()
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(first)
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000)
})

it('sleeps by the given clock', async () => {
  const clock = createFakeClock()
  let awake = false
  const sleeping = sleep(1000, clock).then(() => {
    awake = true
  })
  await clock.advance(999)
  expect(awake).toBe(false)
  await clock.advance(1)
  await sleeping
  expect(awake).toBe(true)
})

it('polls until there is an answer', async () => {
  const clock = createFakeClock()
  let asked = 0
  const answer = poll(() => (++asked === 4 ? 'here' : undefined), {everyMs: 100, timeoutMs: 1000, clock})
  await clock.advance(300)
  expect(await answer).toBe('here')
  expect([asked, clock.monotonic()]).toEqual([4, 300])
})

it('stops asking in time, whatever the wall clock does', async () => {
  const clock = createFakeClock()
  let asked = 0
  const answer = poll(() => void asked++, {everyMs: 100, timeoutMs: 250, clock})
  clock.jump(3_600_000)
  await clock.advance(1000)
  expect(await answer).toBeUndefined()
  expect([asked, clock.pending]).toEqual([4, 0])
})
