import type {Pull} from './pull.ts'

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
