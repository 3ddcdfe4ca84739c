/**
 * Watches the terminal of an agent that sends no signals. Times are monotonic milliseconds of one observer;
 * the time between two observations counts as silence only when both found the same.
 */
export type OutputSight = {
  /** Its prompt; a new turn restarts the watch. */
  turn: string
  /** Characters written so far. */
  chars: number
  /** Time of the first observation that found this number. */
  since: number
  /** It has written something in this turn. */
  worked: boolean
}

/** A program that has not even echoed its prompt may think for long before its first word. */
const UNWORKED_TIMES = 6
/** Time until the screen for a bell is drawn. */
export const SETTLED_MS = 2000

/**
 * Takes one observation into account. `busy`: it has written since the last one; `turnDone`: it has written nothing for
 * `quietMs`, after which it is given as much time again. `quietMs` null: it says by itself when it is done.
 */
export function observeOutput(
  before: OutputSight | undefined,
  look: {turn: string; chars: number; at: number; quietMs: number | null},
): {sight: OutputSight; said: 'busy' | 'turnDone' | null} {
  const {turn, chars, at, quietMs} = look
  if (before?.turn !== turn) return {sight: {turn, chars, since: at, worked: false}, said: null}
  if (before.chars !== chars) return {sight: {turn, chars, since: at, worked: true}, said: 'busy'}
  const patienceMs = quietMs === null ? Number.POSITIVE_INFINITY : quietMs * (before.worked ? 1 : UNWORKED_TIMES)
  return at - before.since >= patienceMs
    ? {sight: {...before, since: at}, said: 'turnDone'}
    : {sight: before, said: null}
}

/** Words of a program that waits for a person; a prompt typed then would answer its question. */
const ASKS =
  /\b(?:approv|permission|permit|allow|confirm|authori[sz]|needs? (?:your )?input|waiting for (?:your )?input)/i

/** What a call for a person means: most call at the end of a turn, some for an answer. */
export function attentionMeans(text: string): 'asks' | 'turnDone' {
  return ASKS.test(text) ? 'asks' : 'turnDone'
}
