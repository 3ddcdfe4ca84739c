import type {State} from '../core/state.ts'
import type {Issue} from '../data/issue.ts'
import {circumstancesOf, holdsOn} from './holds.ts'

/**
 * The next issue in order that no gate, claim, fresh refusal, likely conflict with work under way, usage limit, missing
 * program or the day's budget holds back. `wants`: which ones count, default all.
 */
export function nextRoutable(
  state: State,
  at: number,
  wants: (issue: Issue) => boolean = () => true,
): number | undefined {
  const around = circumstancesOf(state, at)
  const {budget, profile, disk, limit} = around
  if (budget !== null || profile !== null || disk !== null || limit !== null) return undefined
  return state.queue.find(candidate => wants(candidate.issue) && holdsOn(candidate, state, around).next().done)?.issue
    .number
}
