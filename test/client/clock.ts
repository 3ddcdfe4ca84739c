import type {Clock} from '../../src/base/clock.ts'
import {disposable} from '../../src/base/dispose.ts'
import {NOW} from './samples.ts'

export type ManualClock = Clock & {
  /** Moves time on and runs what falls due, in order. */
  pass(ms: number): void
  /** Timers that wait. */
  waiting(): number
}

/** A clock that does not move until a test moves it. */
export function manualClock(): ManualClock {
  let time = 0
  const timers = new Set<{at: number; task: () => void}>()
  return {
    now: () => NOW + time,
    monotonic: () => time,
    after(ms, task) {
      const timer = {at: time + ms, task}
      timers.add(timer)
      return disposable(() => timers.delete(timer))
    },
    pass(ms) {
      const end = time + ms
      for (;;) {
        const due = [...timers].filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due)
        time = due.at
        due.task()
      }
      time = end
    },
    waiting: () => timers.size,
  }
}
