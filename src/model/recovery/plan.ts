import type {ErrorCode} from '../../base/error-codes.ts'
import type {State} from '../core/state.ts'
import type {Claim} from '../data/claim.ts'
import {parseBranch} from '../data/names.ts'
import type {Orphan, RecoverAction} from '../data/recovery/orphan.ts'

/** The recovery of an orphan. It changes no existing work. */
type RecoveryPlan =
  /** Claims the issue with the branch as it is and starts an agent on it. */
  | {do: 'claim'; issue: number; branch: string}
  /** Takes over a claim whose owner is gone, with its branch, session and pull request. */
  | {do: 'take-over'; claim: Claim}
  | {do: 'open-pull'; issue: number | null; branch: string; worktree: string | null}
  | {do: 'refuse'; code: ErrorCode; message: string; next: string}

/**
 * Plans what a person chose for an orphan. `branch` is the one that its worktree or claim holds; `place` is where
 * the worktree of its issue belongs. Pure.
 */
export function planRecovery(options: {
  orphan: Orphan
  action: Exclude<RecoverAction, 'leave' | 'archive'>
  branch: string | null
  claim: Claim | null
  place: string | null
  state: State
}): RecoveryPlan {
  const {orphan, action, branch, claim, place, state} = options
  const issue =
    orphan.issue ?? (branch === null ? null : (parseBranch(branch, state.config.agents.branch)?.issue ?? null))
  const held = heldBy(orphan, issue, state)
  if (held) return held
  if (branch === null) {
    return {
      do: 'refuse',
      code: orphan.kind === 'claim' ? 'claim-unreadable' : 'detached-worktree',
      message: orphan.kind === 'claim' ? `The claim ${orphan.name} cannot be read` : `${orphan.name} is on no branch`,
      next:
        orphan.kind === 'claim'
          ? `look at it: git show ${orphan.head ?? orphan.name}`
          : `git -C ${orphan.name} switch -c work-${issue ?? 'N'}, then recover it`,
    }
  }
  if (action === 'open-pull') {
    return {do: 'open-pull', issue, branch, worktree: orphan.kind === 'worktree' ? orphan.name : null}
  }
  if (claim) return {do: 'take-over', claim}
  return planClaim({orphan, issue, branch, place, state})
}

function heldBy(orphan: Orphan, issue: number | null, state: State): RecoveryPlan | undefined {
  const ticket = issue === null ? undefined : state.tickets[issue]
  const foreign = issue === null || orphan.kind === 'claim' ? undefined : state.foreign[issue]
  if (!foreign && (!ticket || ticket.value === 'lost')) return undefined
  const who = ticket ? `${ticket.context.agent} here` : `${foreign?.record.agent} on ${foreign?.record.host}`
  return {
    do: 'refuse',
    code: 'already-claimed',
    message: `#${issue} is held by ${who}, so ${orphan.name} stays as it is`,
    next: `clambake why ${issue}`,
  }
}

function planClaim(options: {
  orphan: Orphan
  issue: number | null
  branch: string
  place: string | null
  state: State
}): RecoveryPlan {
  const {orphan, issue, branch, place, state} = options
  if (issue === null || !state.issues.some(open => open.number === issue)) {
    return {
      do: 'refuse',
      code: 'no-open-issue',
      message: issue === null ? `${orphan.name} names no issue` : `#${issue} is not open, so no agent can resume it`,
      next: issue === null ? 'open a pull request for it instead' : `open #${issue} again, or open a pull request`,
    }
  }
  if (orphan.kind === 'worktree' && orphan.name !== place) {
    return {
      do: 'refuse',
      code: 'worktree-elsewhere',
      message: `The worktree of #${issue} belongs at ${place}, and this one is at ${orphan.name}`,
      next: `git worktree move ${orphan.name} ${place}, then recover it`,
    }
  }
  return {do: 'claim', issue, branch}
}
