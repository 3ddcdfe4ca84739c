import type {Repair} from '../data/assignment.ts'
import type {Pull} from '../data/pull.ts'

/** The verdict on a pull request that decides what landing does next. */
export type PullVerdict = 'merged' | 'closed' | 'conflict' | 'red' | 'green' | 'wait'

/** What GitHub's answer means for landing; anything unknown is never a yes. */
export function judgePull(pull: Pull, head: string | null, noChecksIsGreen: boolean): PullVerdict {
  if (pull.state === 'merged') return 'merged'
  if (pull.state === 'closed') return 'closed'
  if (pull.head.sha !== head) return 'wait'
  if (pull.mergeable === 'conflict') return 'conflict'
  if (!pull.checks || pull.checks.sha !== head) return 'wait'
  if (pull.checks.state === 'failed') return 'red'
  if (pull.mergeable === 'unknown' || pull.checks.state === 'pending') return 'wait'
  if (pull.checks.state === 'none' && !noChecksIsGreen) return 'wait'
  return 'green'
}

/** What is asked of the agent of a pull request that conflicts or is red. */
export function repairOf({pull, conflicts}: {pull: Pull; conflicts: readonly string[]}): Repair {
  return pull.mergeable === 'conflict'
    ? {kind: 'conflict', paths: conflicts}
    : {kind: 'checks', failures: pull.checks?.failures ?? []}
}

/** How far the checks of a pull request are; null: it has none. */
export function seenChecks({event}: {event: {pull: Pull}}): {done: number; total: number} | null {
  const {checks} = event.pull
  return checks && {done: checks.done, total: checks.total}
}
