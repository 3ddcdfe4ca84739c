import type {ClaimRecord} from './claim.ts'
import type {Mode} from './facts.ts'

export type Adoption = 'take-over' | 'release' | 'leave'

/**
 * What becomes of a claim whose owner is gone. Pushed work goes on here: what is bottled lands in every mode, what is
 * half done only where agents are started without being asked. Without a commit on the remote there is nothing to go on
 * with, so the issue is free again; what its owner's worktree holds stays there, and shows as an orphan if it comes back.
 */
export function adoptionOf({phase, head}: Pick<ClaimRecord, 'phase' | 'head'>, routing: Mode['routing']): Adoption {
  switch (phase) {
    case 'blocked':
      return 'leave' // It waits for a person, who may be at work on it.
    case 'review':
    case 'landing':
    case 'merged':
      return 'take-over'
    case 'claimed':
    case 'working':
    case 'repair':
      if (head === null) return 'release'
      return routing === 'auto' ? 'take-over' : 'leave'
  }
}
