import {expect, it, onTestFinished, vi} from 'vitest'
import {type Job, Scheduler} from '../../src/terminal/scheduler.ts'
import {eventually} from './helpers.ts'

/** A job of many steps, each of which holds the processor for a moment. */
function job(name: string, steps: number, log: string[], urgent = false): Job {
  return {
    urgent,
    step() {
      const end = performance.now() + 0.2
      while (performance.now() < end);
      log.push(name)
      return --steps > 0
    },
  }
}

it('gives each in turn a step and lets the event loop breathe', async () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  let beats = 0
  const beat = setInterval(() => beats++, 1)
  scheduler.submit(job('a', 100, log))
  scheduler.submit(job('b', 100, log))
  await eventually('all steps', () => log.length === 200)
  clearInterval(beat)
  expect(log.slice(0, 6).join('')).toBe('ababab')
  expect(beats).toBeGreaterThan(5)
})

it('puts the one that somebody waits for first', async () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  scheduler.submit(job('a', 50, log))
  scheduler.submit(job('echo', 2, log, true))
  await eventually('all steps', () => log.length === 52)
  expect(log.slice(0, 3)).toEqual(['echo', 'echo', 'a'])
})

it('does no more for a job that was removed', async () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  const gone = job('gone', 5, log)
  scheduler.submit(gone)
  scheduler.submit(job('a', 3, log))
  scheduler.remove(gone)
  await eventually('the other', () => log.length === 3)
  expect(log).not.toContain('gone')
})

it('continues with the others, and with its next step, after a step that failed', async () => {
  const scheduler = new Scheduler()
  const log: string[] = []
  const failing = job('bad', 3, log)
  const step = failing.step
  failing.step = () => {
    const left = step()
    if (log.filter(name => name === 'bad').length === 1) throw new Error('a step failed')
    return left
  }
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const failed = vi.fn<(error: Error) => void>()
  process.once('uncaughtException', failed)
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
  })
  scheduler.submit(failing)
  scheduler.submit(job('a', 2, log))
  await vi.waitFor(() => expect(log.toSorted()).toEqual(['a', 'a', 'bad', 'bad', 'bad']))
  expect(failed).toHaveBeenCalledOnce()
})
