/** Agents edit all the time; between two looks at what they did is at least this. */
export const LEAST_MS = 5_000
/**
 * Looking takes at most this part of the time, so that many agents on a slow machine are looked at less often: a fiftieth
 * of a core, with room for processes of git that run beside each other.
 */
const SHARE = 1 / 65

/** Milliseconds to wait after a look that took `tookMs`. */
export function intervalAfter(tookMs: number): number {
  return Math.max(LEAST_MS, tookMs / SHARE)
}
