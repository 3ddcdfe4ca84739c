/** Agents edit all the time; between two looks at what they did is at least this. */
export const LEAST_MS = 5_000
/**
 * Looking takes at most this part of the time, so that many agents on a slow machine are looked at less often: a fiftieth
 * of a core, with room for processes of git that run beside each other.
 */
const SHARE = 1 / 65

/** And not longer: a look may have waited for a disk or a suspended git, and no conflict is seen in the meantime. */
const MOST_MS = 5 * 60_000

/** Milliseconds to wait after a look that took `tookMs`. */
export function intervalAfter(tookMs: number): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, tookMs / SHARE))
}
