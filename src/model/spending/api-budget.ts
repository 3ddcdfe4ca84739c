import type {ApiBudget, ApiQuota} from '../gateways/github.ts'

/** Below this share of GitHub's budget, work will soon have to wait. */
const LOW_SHARE = 0.1

/** Of REST's requests and GraphQL's points, the one of which the smaller share is left. */
export function tighterQuota({graphql, ...rest}: ApiBudget): ApiQuota & {unit: 'requests' | 'points'} {
  const {limit, remaining, resetAt} = rest
  const points = graphql !== null && (limit === 0 || share(graphql) < share(rest))
  return points ? {...graphql, unit: 'points'} : {limit, remaining, resetAt, unit: 'requests'}
}

/** Whether so little is left of what GitHub allows in an hour that a person should know. */
export function isBudgetLow(budget: ApiBudget): boolean {
  return share(tighterQuota(budget)) < LOW_SHARE
}

function share({limit, remaining}: ApiQuota): number {
  return limit === 0 ? 1 : remaining / limit
}
