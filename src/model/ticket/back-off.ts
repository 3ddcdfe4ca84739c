/** After this many starts of an agent for one ticket within the window, a person is asked. */
export const MAX_STARTS = 5
export const STARTS_WINDOW_MS = 10 * 60_000
/** The pause before the second start; each further one is so much longer, as every start may cost money. */
const RESTART_PAUSE_MS = 1_000
const PAUSE_GROWTH = 4

/**
 * The starts that count at `at`, all in epoch milliseconds. A start further in the future than the window comes from a
 * wrong clock, and would count for as long as that clock was off.
 */
export function recentStarts(starts: readonly number[], at: number): readonly number[] {
  return starts.filter(start => Math.abs(at - start) < STARTS_WINDOW_MS)
}

/** Adds a start, and keeps only as many as the quarantine asks for. */
export function withStart(starts: readonly number[], at: number): readonly number[] {
  return [...recentStarts(starts, at), at].slice(-MAX_STARTS)
}

/** Whether a person is asked about an agent that has died, because it started too often within the window. */
export function isQuarantined(starts: readonly number[], at: number): boolean {
  return recentStarts(starts, at).length >= MAX_STARTS
}

/** Milliseconds before an agent that died is started again: 1 s after one recent start, then 4 s, 16 s, 64 s. */
export function restartPause(starts: readonly number[], at: number): number {
  return RESTART_PAUSE_MS * PAUSE_GROWTH ** Math.max(0, recentStarts(starts, at).length - 1)
}
