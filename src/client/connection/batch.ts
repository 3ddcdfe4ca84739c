import type {Clock} from '../../base/clock.ts'

type Batch<T extends object> = Disposable & {
  /**
   * Applies a part at once after a pause; during a burst, merged with the others that come in the meantime. An urgent
   * part waits only for the parts that came with it.
   */
  add(part: T, options?: {urgent: boolean}): void
  /** Drops the parts that wait, because a newer and complete state has come. */
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
  let pause: {ends: Disposable; soon: boolean} | null = null

  function rest(ms: number): void {
    pause?.ends[Symbol.dispose]()
    pause = {ends: clock.after(ms, flush), soon: ms === 0}
  }

  function flush(): void {
    pause?.ends[Symbol.dispose]()
    pause = null
    if (waiting === null) return
    const merged = waiting
    waiting = null
    apply(merged)
    rest(everyMs)
  }

  return {
    add(part, {urgent} = {urgent: false}) {
      waiting = {...waiting, ...part} as T
      if (pause === null) flush()
      // A dozen agents may ask in one moment, and each drawing takes one.
      else if (urgent && !pause.soon) rest(0)
    },
    drop() {
      waiting = null
    },
    [Symbol.dispose]() {
      waiting = null
      pause?.ends[Symbol.dispose]()
    },
  }
}
