import type {State} from '../core/state.ts'
import type {Adoption, ClaimRecord} from '../data/claim.ts'
import {hasName} from '../data/names.ts'

/**
 * Decides on a claim whose owner is gone. Pushed work is taken over: bottled work in every mode, half-done work only
 * where agents start without being asked. Without a commit on the remote nothing can be resumed, so the issue is free
 * again; the owner's worktree keeps its work, and shows as an orphan if that machine comes back. Labels that a person
 * set since the owner died count as they would for a new claim.
 */
export function adoptionOf(
  {issue: number, phase, head}: Pick<ClaimRecord, 'issue' | 'phase' | 'head'>,
  {mode, config, issues}: Pick<State, 'mode' | 'config' | 'issues'>,
): Adoption {
  const {human_label, blocked_label} = config.routing
  const issue = issues.find(open => open.number === number)
  const labels = issue?.labels ?? []
  const isTheirs = hasName(labels, human_label) || hasName(labels, blocked_label)
  switch (phase) {
    case 'blocked':
      return 'leave' // It waits for a person, who may be at work on it.
    case 'merged':
      return 'take-over'
    case 'review':
    case 'landing':
      // The landing itself may have closed the issue.
      return isTheirs ? 'leave' : 'take-over'
    case 'claimed':
    case 'working':
    case 'repair':
      if (head === null) return 'release'
      return mode.routing === 'auto' && issue !== undefined && !isTheirs ? 'take-over' : 'leave'
  }
}
