import type {Clock} from './clock.ts'
import {disposable} from './dispose.ts'
import {hasCode} from './errors.ts'

const EVERY_MS = 10_000
/** Twice this time without an answer is silence. */
const STEP_MS = 5000

/**
 * Asks another process again and again whether it still answers: one that is suspended keeps its connections open. An
 * error is an answer too, except that none came in time. It never begins a question while another one is open.
 */
export function watchSilence(options: {
  ask: () => Promise<unknown>
  clock: Clock
  onSilent: () => void
  onAnswer: () => void
}): Disposable {
  const {ask, clock, onSilent, onAnswer} = options
  let isSilent = false
  let isEnded = false
  let timer = clock.after(EVERY_MS, check)
  async function check(): Promise<void> {
    // In two steps: when the machine wakes from sleep, a timer fires before what came meanwhile is read.
    timer = clock.after(STEP_MS, () => {
      timer = clock.after(STEP_MS, () => {
        if (!isSilent) onSilent()
        isSilent = true
      })
    })
    const isAnswered = await ask().then(
      () => true,
      error => !hasCode(error, 'call-timeout'),
    )
    timer[Symbol.dispose]()
    if (isEnded) return
    if (isAnswered && isSilent) {
      isSilent = false
      onAnswer()
    }
    timer = clock.after(isAnswered ? EVERY_MS : STEP_MS, check)
  }
  return disposable(() => {
    isEnded = true
    timer[Symbol.dispose]()
  })
}
