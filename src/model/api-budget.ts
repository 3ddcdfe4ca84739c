import type {ApiBudget} from './gateways.ts'

/** Below this share of GitHub's budget work will soon stand still. */
const LOW_SHARE = 0.1

/** Whether so little is left of what GitHub allows in an hour that a person should know. */
export function isBudgetLow({limit, remaining}: Pick<ApiBudget, 'limit' | 'remaining'>): boolean {
  return remaining < limit * LOW_SHARE
}
