import {MAY_WRITE} from '../../data/trust.ts'
import type {GateLine} from './answer.ts'
import type {GateInput, GateReview} from './reading.ts'

type Line = Omit<GateLine, 'rule'>

/** The verdicts of reviewers whose word counts: in a private repository all, as everybody there was invited. */
export function countedReviews(reviews: readonly GateReview[], {isPrivate}: {isPrivate: boolean}): GateReview[] {
  return reviews.filter(({association}) => isPrivate || MAY_WRITE.includes(association))
}

/**
 * The approvals that count, in a private repository too: of those who may write. A member of the organization, and a
 * collaborator, may also be let to read only, which GitHub says of each.
 */
export function countedApprovals(reviews: readonly GateReview[]): GateReview[] {
  return reviews.filter(
    ({state, association, mayPush}) => state === 'approved' && MAY_WRITE.includes(association) && mayPush !== false,
  )
}

/**
 * Whether reviewers consent. What they said of the work goes to the agent by itself (`src/daemon/loops/words.ts`); once
 * another commit is there, the reviewer has to look again, as nobody else may say that the changes were made.
 */
export function reviewsRule({reading, expected, policy}: GateInput): Line {
  if (reading.reviews === null) return {says: 'wait', text: 'its reviews could not be read'}
  const counted = countedReviews(reading.reviews, reading)
  const objections = counted.filter(({state}) => state === 'changes')
  const onHead = objections.filter(({commit}) => commit === expected.head)
  if (onHead.length > 0) {
    return {says: 'approval', text: `${people(onHead)} asked for changes`}
  }
  if (objections.length > 0 || reading.reviewDecision === 'changes') {
    const who = objections.length > 0 ? people(objections) : 'a reviewer'
    return {says: 'approval', text: `${who} asked for changes on an earlier commit and has to review again`}
  }
  const approvals = countedApprovals(reading.reviews)
  const needed = Math.max(policy.requireReviews, reading.rules?.approvals ?? 0)
  if (approvals.length < needed) {
    return {says: 'approval', text: `${approvals.length} of ${needed} approvals`}
  }
  if (reading.reviewDecision === 'required') {
    const who = reading.rules?.codeOwners ? 'a code owner' : 'a reviewer'
    return {says: 'approval', text: `an approval of ${who} is missing`}
  }
  return {says: 'yes', text: approvals.length === 0 ? 'no review is needed' : `approved by ${people(approvals)}`}
}

/** Whether the conversations are resolved, where the base demands it. */
export function conversationsRule({reading: {rules, conversations}}: GateInput): Line {
  if (!rules?.conversations) return {says: 'yes', text: 'conversations need not be resolved'}
  if (conversations === null) return {says: 'wait', text: 'its conversations could not be read'}
  if (conversations === 0) return {says: 'yes', text: 'all conversations are resolved'}
  const count = conversations === 1 ? '1 conversation is' : `${conversations} conversations are`
  return {says: 'approval', text: `${count} not resolved`}
}

function people(reviews: readonly GateReview[]): string {
  return reviews.map(({by}) => by).join(', ')
}
