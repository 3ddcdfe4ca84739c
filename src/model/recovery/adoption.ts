import type {State} from '../core/state.ts'
import type {Adoption, ClaimRecord} from '../data/claim.ts'

/**
 * What becomes of a claim whose owner is gone. Pushed work goes on here: what is bottled lands in every mode, what is
 * half done only where agents are started without being asked. Without a commit on the remote there is nothing to go on
 * with, so the issue is free again; what its owner's worktree holds stays there, and shows as an orphan if it comes back.
 * What a person said on the issue since its owner died counts as it would for a new claim.
 */
export function adoptionOf(
  {issue: number, phase, head}: Pick<ClaimRecord, 'issue' | 'phase' | 'head'>,
  {mode, config, issues}: Pick<State, 'mode' | 'config' | 'issues'>,
): Adoption {
  const {human_label, blocked_label} = config.routing
  const issue = issues.find(open => open.number === number)
  const isTheirs = issue?.labels.some(label => label === human_label || label === blocked_label) ?? false
  switch (phase) {
    case 'blocked':
      return 'leave' // It waits for a person, who may be at work on it.
    case 'merged':
      return 'take-over'
    case 'review':
    case 'landing':
      // Closed is what the landing itself may have done.
      return isTheirs ? 'leave' : 'take-over'
    case 'claimed':
    case 'working':
    case 'repair':
      if (head === null) return 'release'
      return mode.routing === 'auto' && issue !== undefined && !isTheirs ? 'take-over' : 'leave'
  }
}
