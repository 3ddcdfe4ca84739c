import type {Clock} from '../base/clock.ts'

export type Batch<T extends object> = Disposable & {
  /** Applies at once after a pause, or if it is urgent; during a burst, merged with what else comes in the meantime. */
  add(part: T, options?: {urgent: boolean}): void
  /** Forgets what waits: something newer and whole has come. */
  drop(): void
}

/** Merges parts that come in bursts (later ones win, key by key) and applies them at most once in `everyMs`. */
export function createBatch<T extends object>(options: {
  clock: Clock
  everyMs: number
  apply: (merged: T) => void
}): Batch<T> {
  const {clock, everyMs, apply} = options
  let waiting: T | null = null
  let pause: Disposable | null = null

  function rest(): void {
    pause = clock.after(everyMs, () => {
      pause = null
      if (waiting === null) return
      const merged = waiting
      waiting = null
      apply(merged)
      rest()
    })
  }

  return {
    add(part, {urgent} = {urgent: false}) {
      waiting = {...waiting, ...part} as T
      if (pause !== null && !urgent) return
      pause?.[Symbol.dispose]()
      const merged = waiting
      waiting = null
      apply(merged)
      rest()
    },
    drop() {
      waiting = null
    },
    [Symbol.dispose]() {
      waiting = null
      pause?.[Symbol.dispose]()
    },
  }
}
