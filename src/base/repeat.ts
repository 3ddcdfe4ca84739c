import type {Clock} from './clock.ts'
import {disposable} from './dispose.ts'

/**
 * Calls `task` after `firstMs`, and again after the milliseconds that each call gives; one call ends before the next
 * begins. `task` must not reject. After the disposal no further call begins.
 */
export function repeat(clock: Clock, firstMs: number, task: () => Promise<number>): Disposable {
  let ended = false
  let timer = clock.after(firstMs, run)
  async function run(): Promise<void> {
    const waitMs = await task()
    if (!ended) timer = clock.after(waitMs, run)
  }
  return disposable(() => {
    ended = true
    timer[Symbol.dispose]()
  })
}
