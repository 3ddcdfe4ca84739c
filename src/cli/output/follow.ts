/** Number of lines at a terminal's end to compare. More new lines than this between two looks are not printed. */
export const FOLLOWED_LINES = 1000
/** Number of equal lines that shows that two looks are at the same place. */
const ANCHOR_LINES = 50

type Follower = {
  /** Takes the last lines of the terminal; gives those that have settled and were not given yet. */
  next(lines: readonly string[]): readonly string[]
  /** Takes the last lines for the last time; gives all that were not given yet, settled or not. */
  rest(lines: readonly string[]): readonly string[]
}

/**
 * Follows a terminal as lines. A program keeps redrawing its lower lines (a spinner, an input box), so a line counts as
 * settled when it and all lines above it stayed the same from one look to the next. `given` are the lines that the reader
 * already has.
 */
export function createFollower(given: readonly string[], limit: number = FOLLOWED_LINES): Follower {
  let seen = given
  let printed = given

  function give(lines: readonly string[], settled: number): readonly string[] {
    const known = agreeing(printed, lines, limit)
    const end = Math.max(known, settled)
    printed = lines.slice(0, end)
    return lines.slice(known, end)
  }

  return {
    next(lines) {
      const settled = agreeing(seen, lines, limit)
      seen = lines
      return give(lines, settled)
    },
    rest: lines => give(lines, lines.length),
  }
}

/** Counts the first lines of `now` that are unchanged; lines above them may have left the window. */
function agreeing(before: readonly string[], now: readonly string[], limit: number): number {
  // Nothing has left a window that is not full.
  const left = now.length < limit ? 0 : linesLeft(before, now)
  let count = 0
  while (count < now.length && left + count < before.length && before[left + count] === now[count]) count++
  return count
}

function linesLeft(before: readonly string[], now: readonly string[]): number {
  for (let left = 0; left < before.length; left++) {
    const anchor = Math.min(ANCHOR_LINES, before.length - left, now.length)
    let same = 0
    while (same < anchor && before[left + same] === now[same]) same++
    if (same === anchor) return left
  }
  return before.length
}
