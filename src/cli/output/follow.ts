/** So many lines of a terminal's end are compared each time; what runs through faster between two looks is left out. */
export const FOLLOWED_LINES = 1000
/** Lines that must agree for two looks to be of the same place. */
const ANCHOR_LINES = 50

export type Follower = {
  /** Takes the last lines of the terminal as they are now; gives those that have settled and were not given yet. */
  next(lines: readonly string[]): readonly string[]
  /** As `next` for the last time: whatever was not given yet. */
  rest(lines: readonly string[]): readonly string[]
}

/**
 * Follows a terminal as lines. A program redraws its lower lines all the time (a spinner, an input box): a line counts
 * as settled when it and all lines above it stayed the same from one look to the next. `given` are the lines that the
 * reader has already.
 */
export function createFollower(given: readonly string[], limit: number = FOLLOWED_LINES): Follower {
  let seen = given
  let told = given

  function give(lines: readonly string[], settled: number): readonly string[] {
    const known = agreeing(told, lines, limit)
    const end = Math.max(known, settled)
    told = lines.slice(0, end)
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

/** How many of the first lines of `now` are as they were, though lines above them may have left the window. */
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
