import {ClambakeError, messageOf, toErrorData} from '../../base/errors.ts'
import {OWN_REVIEW} from '../../model/data/message.ts'
import type {ReviewReader, SentReview} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import {isOnMain, TICKET_STATES} from '../../model/ticket/states.ts'
import type {ApiParts} from '../api/parts.ts'
import {nowOf} from '../api/refuse-other.ts'
import {heldTicket, numberOf} from '../api/work-of.ts'
import type {Notice} from '../troubles.ts'
import type {Outgoing} from './store.ts'
import {reviewText} from './text.ts'

export type SubmitParts = Pick<ApiParts, 'engine' | 'claimOf' | 'github' | 'messages'>

/** The pull request that a review can be published on; null: there is none yet. */
export function pullOf({engine}: Pick<ApiParts, 'engine'>, of: DiffOf): number | null {
  if ('pull' in of) return of.pull
  const {tickets, foreign} = engine.state()
  return tickets[of.ticket]?.context.pull ?? foreign[of.ticket]?.record.pull ?? null
}

/** Which tickets get which comments: of a bundle as it was found, else the ticket whose work it is gets all. */
function sharesOf(parts: Pick<ApiParts, 'engine'>, {of, draft, shares}: Pick<Outgoing, 'of' | 'draft' | 'shares'>) {
  const all = {comments: draft.comments, key: OWN_REVIEW + draft.id}
  if (shares === undefined) {
    const ticket = heldTicket(parts, of)?.context.issue
    return ticket === undefined ? [] : [{ticket, ...all}]
  }
  return shares.map(({ticket, comments}) => ({
    ticket,
    comments: draft.comments.filter(({id}) => comments.includes(id)),
    // Each of several agents is told once.
    key: `${all.key}-${ticket}`,
  }))
}

/** The agent that gets the comments on a ticket's work; null: the work is over, or another daemon's. */
function readerOf(
  {engine, claimOf}: Pick<ApiParts, 'engine' | 'claimOf'>,
  ticket: number,
  comments: number,
): ReviewReader | null {
  const held = engine.state().tickets[ticket]
  if (held === undefined || TICKET_STATES[held.value].is.over || isOnMain(held)) return null
  const how = TICKET_STATES[held.value].has.slot ? 'told' : 'sent back'
  return {...nowOf(claimOf, ticket), agent: held.context.agent, how, comments}
}

/** Who gets which comments of a review. */
export function readersOf(
  parts: Pick<ApiParts, 'engine' | 'claimOf'>,
  review: Pick<Outgoing, 'of' | 'draft' | 'shares'>,
): {readers: ReviewReader[]; unheard: number} {
  const read = sharesOf(parts, review).flatMap(({ticket, comments}) => {
    const reader = readerOf(parts, ticket, comments.length)
    return reader === null ? [] : [{reader, comments}]
  })
  const heard = new Set(read.flatMap(({comments}) => comments.map(({id}) => id)))
  return {readers: read.map(({reader}) => reader), unheard: review.draft.comments.length - heard.size}
}

/**
 * Sends a review: to GitHub, if that is wanted, and to the agents of this daemon that work on it. All is done once for
 * the review's id, so it may be run again after a failure or a kill at any point. Throws `no-pull`, `nowhere-to-send`.
 */
export async function sendReview(parts: SubmitParts, review: Outgoing): Promise<SentReview> {
  const {github, messages} = parts
  const {of, draft, publish, by} = review
  const {comments, id} = draft
  const {readers} = readersOf(parts, review)
  const pull = pullOf(parts, of)
  if (publish !== 'no' && pull === null) {
    throw new ClambakeError({
      code: 'no-pull',
      message: 'There is no pull request to publish a review on yet: one is opened when the work lands',
      kept: 'the review, as a draft',
      next: 'send it to the agent alone',
    })
  }
  if (readers.length === 0 && publish === 'no') {
    throw new ClambakeError({
      code: 'nowhere-to-send',
      message: 'No agent of this Clambake works on it',
      kept: 'the review, as a draft',
      next: pull === null ? 'wait until an agent has it' : 'publish it on GitHub',
    })
  }
  const published =
    publish === 'no' || pull === null
      ? null
      : await github.publishReview({
          ...{pull, key: `review-${id}`, verdict: publish, comments},
          commit: review.commit ?? (await github.pull(pull)).head.sha,
        })
  for (const {ticket, comments: own, key} of sharesOf(parts, review)) {
    if (readers.every(reader => reader.ticket !== ticket)) continue
    await messages.review({ticket, from: by, text: reviewText(own), key})
  }
  return {comments: comments.length, agents: readers, published}
}

/** Sends what an earlier run of the daemon did not send to its end. What cannot be sent stays a draft, which is said. */
export async function resumeReviews(
  parts: SubmitParts & Pick<ApiParts, 'reviewStore' | 'log'>,
  notify: (notice: Notice) => void,
): Promise<void> {
  const {reviewStore, log} = parts
  for (const review of reviewStore.outgoing()) {
    try {
      await sendReview(parts, review)
      reviewStore.sent(review)
    } catch (error) {
      reviewStore.notSent(review)
      log.warn('cannot send a review of before the restart', {of: review.of, error: toErrorData(error)})
      notify({
        level: 'warning',
        text: `The review of #${numberOf(review.of)} was not sent: ${messageOf(error)}`,
        kept: 'the review, as a draft',
        next: 'd on it, then s',
      })
    }
  }
}
