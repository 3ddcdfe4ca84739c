import type {Clock} from '../../base/clock.ts'
import type {Rewrite} from './fetch.ts'

/** Looks so soon after one another share one fetch; the look before a merge has its own. */
const SHARED_MS = 2000

type Fetched = {main: string; rewrite: Rewrite | null}

/** Fetches; without `fresh`, what was fetched a moment ago, or is being fetched, does. */
export type SharedFetch = (options: {fresh: boolean}) => Promise<Fetched>

/** Shares one fetch between callers for a moment. */
export function createSharedFetch(clock: Clock, fetch: () => Promise<Fetched>): SharedFetch {
  let last: {at: number; fetched: Promise<Fetched>} | null = null

  return ({fresh}) => {
    if (!fresh && last !== null && clock.monotonic() - last.at < SHARED_MS) return last.fetched
    const fetched = fetch()
    const asked = {at: clock.monotonic(), fetched}
    last = asked
    // A fetch that failed is not shared.
    fetched.catch(() => {
      if (last === asked) last = null
    })
    return fetched
  }
}
