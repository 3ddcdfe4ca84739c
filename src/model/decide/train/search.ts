import type {Draft} from '../../core/draft.ts'
import type {BundleMember} from '../../data/landing/bundle.ts'
import type {CheckFailure} from '../../data/pull.ts'
import {partSizes, suspectSizes} from '../../landing/train/split.ts'
import {moveTrain, record, recordAttempt} from './move.ts'
import {rebuild, removeMember} from './remove-members.ts'

/**
 * Continues with members of which the first `suspects` are red together: the bad one goes back to its agent when it is
 * known, otherwise they are tested in parts. The first red is not believed: with the parts the whole is tested once more,
 * as checks may be flaky. Those after the suspects were tested with them only, and board the next train.
 */
export function searchAmong(
  draft: Draft,
  members: readonly BundleMember[],
  {suspects, failures}: {suspects: number; failures: readonly CheckFailure[]},
): void {
  const {round, attempt, knownRed, branch} = draft.state.train.now.context
  const parallel = draft.state.config.landing.parallel_checks
  recordAttempt(draft, `red: ${failures.map(({name}) => name).join(', ') || 'its checks'}`)
  if (round === 0 && !knownRed) {
    const sizes = partSizes(members.length, parallel)
    return rebuild(draft, members, {sizes, round: 1, attempt: attempt + 1, failures})
  }
  for (const {ticket} of members.slice(suspects)) {
    removeMember(draft, ticket, {how: 'back', reason: 'it was tested with work that is red, and boards the next train'})
  }
  const bad = members.slice(0, suspects)
  const sizes = suspectSizes(suspects, parallel)
  if (sizes.length > 0) {
    return rebuild(draft, bad, {sizes, round: round + 1, attempt: attempt + 1, knownRed: true, failures})
  }
  for (const {ticket} of bad) {
    record(draft, {ticket, severity: 'warning', message: `#${ticket} turned ${branch} red`})
    removeMember(draft, ticket, {how: 'repair', repair: {kind: 'checks', failures}, culprit: true})
  }
  moveTrain(draft, {type: 'end'})
}
