const MINUTE_MS = 60_000

/**
 * When the next train departs: the next multiple of `minutes` on the clock (:00, :10, … for ten), strictly after
 * `at`. null: there is no schedule (0 minutes).
 */
export function nextDeparture(at: number, minutes: number): number | null {
  const period = minutes * MINUTE_MS
  return period <= 0 ? null : (Math.floor(at / period) + 1) * period
}
