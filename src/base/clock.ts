/**
 * The source of time for all code. Leases and waits use `monotonic`, which never jumps; `now` is only for display and for
 * records that people read.
 */
export type Clock = {
  /** Milliseconds since 1970. May jump. */
  now(): number
  /** Milliseconds from an arbitrary start. Never goes back, and counts only the time that the machine is awake. */
  monotonic(): number
  /** Runs `task` once after `ms`; dispose to cancel. */
  after(ms: number, task: () => void): Disposable
}

/** The longest wait of a timer, nearly 25 days: a longer one Node ends at once. */
const LONGEST_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    let timer: NodeJS.Timeout
    const wait = (left: number) => {
      timer = left > LONGEST_MS ? setTimeout(wait, LONGEST_MS, left - LONGEST_MS) : setTimeout(task, left)
    }
    wait(ms)
    return {[Symbol.dispose]: () => clearTimeout(timer)}
  },
}

/** Minutes by which local time is ahead of UTC at a moment: it moves with summer time. */
export function zoneMinutesAt(at: number): number {
  return -new Date(at).getTimezoneOffset()
}

/** Resolves after `ms` of the given clock. */
export function sleep(ms: number, clock: Clock = systemClock): Promise<void> {
  return new Promise(resolve => {
    clock.after(ms, resolve)
  })
}

/** What a promise gives, or null after `ms`; it is not ended then. */
export async function within<T>(ms: number, promise: Promise<T>, clock: Clock = systemClock): Promise<T | null> {
  const late = Promise.withResolvers<null>()
  using _timer = clock.after(ms, () => late.resolve(null))
  return await Promise.race([promise, late.promise])
}

/** Calls `probe` until it gives a value other than undefined; gives undefined after `timeoutMs`. */
export async function poll<T>(
  probe: () => Promise<T | undefined> | T | undefined,
  options: {everyMs: number; timeoutMs: number; clock?: Clock},
): Promise<T | undefined> {
  const clock = options.clock ?? systemClock
  const end = clock.monotonic() + options.timeoutMs
  for (;;) {
    const value = await probe()
    if (value !== undefined) return value
    if (clock.monotonic() >= end) return undefined
    await sleep(options.everyMs, clock)
  }
}
