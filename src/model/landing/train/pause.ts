/**
 * Why no train departs for now. `main`: main's own checks are red; it ends when main moves. `forge`: checks end without
 * a verdict (billing, runners); one train tries again after `until`. `trials`: too many trials landed nothing.
 */
export type TrainPause = {
  kind: 'main' | 'forge' | 'trials'
  /** One line for people. */
  reason: string
  /** Epoch milliseconds. */
  since: number
  /** Epoch milliseconds; null: it does not end with time. */
  until: number | null
  /** Main at the time; null: not known. */
  main: string | null
}

const HOUR_MS = 60 * 60_000
/** After so long one train tries whether checks run again; the pause doubles. */
const FORGE_PAUSE_MS = 15 * 60_000
const LONGEST_FORGE_PAUSE_MS = 4 * HOUR_MS

/** A pause because of the forge; `before`: how often in a row the train was paused so already. */
export function forgePause({
  reason,
  at,
  main,
  before,
}: {
  reason: string
  at: number
  main: string | null
  before: number
}): TrainPause {
  const ms = Math.min(FORGE_PAUSE_MS * 2 ** Math.min(before, 10), LONGEST_FORGE_PAUSE_MS)
  return {kind: 'forge', reason, since: at, until: at + ms, main}
}

/** Whether a pause ends by itself by now. */
export function hasEnded(pause: TrainPause, {at, main}: {at: number; main: string | null}): boolean {
  if (pause.kind === 'main') return main !== null && pause.main !== null && main !== pause.main
  return pause.until !== null && at >= pause.until
}

/** Times of the trials that count against the hourly bound. */
export function trialsWithin(trials: readonly number[], at: number): number[] {
  return trials.filter(time => at - time < HOUR_MS)
}
