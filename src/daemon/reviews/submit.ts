import {ClambakeError, messageOf, toErrorData} from '../../base/errors.ts'
import {shortAgent} from '../../model/data/ids.ts'
import {OWN_REVIEW} from '../../model/data/message.ts'
import type {SentReview} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {ApiParts} from '../api/parts.ts'
import {heldTicket, numberOf} from '../api/work-of.ts'
import type {Notice} from '../troubles.ts'
import type {Outgoing} from './store.ts'
import {reviewText} from './text.ts'

export type SubmitParts = Pick<ApiParts, 'engine' | 'github' | 'messages'>

/** The pull request that a review can be published on; null: there is none yet. */
export function pullOf({engine}: Pick<ApiParts, 'engine'>, of: DiffOf): number | null {
  if ('pull' in of) return of.pull
  const {tickets, foreign} = engine.state()
  return tickets[of.ticket]?.context.pull ?? foreign[of.ticket]?.record.pull ?? null
}

/**
 * Sends a review: to GitHub, if that is wanted, and to the agent of this daemon that works on it. Both are done once for
 * the review's id, so it may be run again after a failure or a kill at any point. Throws `no-pull`, `nowhere-to-send`.
 */
export async function sendReview(parts: SubmitParts, {of, draft, publish, by}: Outgoing): Promise<SentReview> {
  const {github, messages} = parts
  const {comments, id} = draft
  const ticket = heldTicket(parts, of)
  const isOver = ticket === undefined || TICKET_STATES[ticket.value].is.over
  const pull = pullOf(parts, of)
  if (publish !== 'no' && pull === null) {
    throw new ClambakeError({
      code: 'no-pull',
      message: 'There is no pull request to publish a review on yet: one is opened when the work lands',
      kept: 'the review, as a draft',
      next: 'send it to the agent alone',
    })
  }
  if (isOver && publish === 'no') {
    throw new ClambakeError({
      code: 'nowhere-to-send',
      message: 'No agent of this Clambake works on it',
      kept: 'the review, as a draft',
      next: pull === null ? 'wait until an agent has it' : 'publish it on GitHub',
    })
  }
  const {slot} = ticket ? TICKET_STATES[ticket.value].has : {slot: false}
  const agent =
    ticket && !isOver
      ? {name: shortAgent(ticket.context.agent), how: slot ? ('told' as const) : ('sent back' as const)}
      : null
  const published =
    publish === 'no' || pull === null
      ? null
      : await github.publishReview({
          ...{pull, key: `review-${id}`, verdict: publish, comments},
          commit: (await github.pull(pull)).head.sha,
        })
  if (ticket && agent) {
    await messages.review({ticket: ticket.context.issue, from: by, text: reviewText(comments), key: OWN_REVIEW + id})
  }
  return {comments: comments.length, agent, published}
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
