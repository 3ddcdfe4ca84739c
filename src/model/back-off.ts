/** An agent whose process dies is started again this often for one ticket before a person is asked. */
export const MAX_ATTEMPTS = 5
/** The pause before the second start; each further one is twice as long. */
const RESTART_PAUSE_MS = 1_000

/** Milliseconds before an agent that died after so many starts is started again: 1 s, 2 s, 4 s and so on. */
export function restartPause(starts: number): number {
  return RESTART_PAUSE_MS * 2 ** Math.max(0, starts - 1)
}
