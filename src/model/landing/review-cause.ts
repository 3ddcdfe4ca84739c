import {count} from '../../base/words.ts'
import {protectedChanges} from './gate/protected-paths.ts'
import type {GateChange, GatePolicy} from './gate/reading.ts'

/**
 * Why reviewers are asked to look at a pull request: it changes protected paths, or it is large. null: they are not. What
 * could not be read is looked at by a person. Pure.
 */
export function reviewCause(
  changes: readonly GateChange[] | null,
  {lines: large, ...policy}: Pick<GatePolicy, 'protectedPaths' | 'protectTests'> & {lines: number},
): string | null {
  if (changes === null) return 'its changes could not be read'
  const [found] = protectedChanges(changes, policy)
  if (found !== undefined) return `it ${found}`
  const lines = changes.reduce((sum, {added, removed}) => sum + added + removed, 0)
  return large > 0 && lines >= large ? `it changes ${count(lines, 'line')}` : null
}

/** Asks the configured reviewers for a review of a pull request, if there is a cause; safe to repeat. */
export type AskReviewers = (asked: {
  pull: number
  /** Commit that is to be reviewed. */
  head: string
  /** Commits of the works in it, which say whether there is a cause. */
  works: readonly string[]
  /** The cause, where it is known without a look at the works. */
  why?: string
  ticket?: number
}) => Promise<void>
