import {type Clock, within} from '../../base/clock.ts'

/** How long a look waits for one place. */
const PATIENCE_MS = 10_000
/** After a read that was waited for in vain has failed, the place is left alone for this long. */
const AGAIN_MS = 10 * 60_000

/**
 * Reads many places, of which one may not answer: git waits without end for a pipe in the place of a file, which an agent
 * can make. Such a place is waited for once; then it is read beside the looks, and its answer is given at the next one.
 */
export function createPatientReads<T>(clock: Clock, read: (place: string) => Promise<T>) {
  /** What is known of a place whose last read took too long. Settled: its answer, which no look has taken yet. */
  const slow = new Map<string, {state: 'reading'} | {state: 'read'; value: T} | {state: 'failed'; notBefore: number}>()

  function readBeside(place: string, reading: Promise<T>): void {
    slow.set(place, {state: 'reading'})
    void reading.then(
      value => slow.set(place, {state: 'read', value}),
      () => slow.set(place, {state: 'failed', notBefore: clock.monotonic() + AGAIN_MS}),
    )
  }

  return {
    /** What a place holds; null: it has not answered. Rejects as `read` does. */
    async read(place: string): Promise<T | null> {
      const before = slow.get(place)
      if (before?.state === 'read') {
        slow.delete(place)
        return before.value
      }
      if (before) {
        if (before.state === 'failed' && clock.monotonic() >= before.notBefore) readBeside(place, read(place))
        return null
      }
      const reading = read(place)
      const value = await within(PATIENCE_MS, reading, clock)
      if (value === null) readBeside(place, reading)
      return value
    },

    /** The places that have not answered; those that are not looked at any more are forgotten. */
    silent(places: readonly string[]): string[] {
      for (const place of slow.keys()) if (!places.includes(place)) slow.delete(place)
      return places.filter(place => slow.has(place) && slow.get(place)?.state !== 'read')
    },
  }
}
