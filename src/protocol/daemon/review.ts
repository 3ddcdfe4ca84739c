import type {Publish, ReviewDraft, SentReview} from '../../model/review/comments.ts'
import type {Changes, DiffOf, FileDiff} from '../../model/review/diff.ts'

/** Methods of reviewing a ticket's or a pull request's changes. */
export type ReviewApi = {
  /** The files that it changes. */
  changes: {params: {of: DiffOf}; result: Changes & {subject: string}}
  /** The lines of one of them. */
  changedFile: {params: {of: DiffOf; path: string; from: string | null}; result: FileDiff}
  /** The person's review that was not sent yet, its comments where their lines are now. */
  reviewDraft: {params: {of: DiffOf}; result: ReviewDraft}
  keepReview: {params: {of: DiffOf; draft: ReviewDraft}; result: null}
  /**
   * Sends the kept review to the agent and, if wanted, to GitHub; once for each `id`. Throws `empty-review`, `no-pull`,
   * `nowhere-to-send`.
   */
  submitReview: {params: {of: DiffOf; id: string; publish: Publish}; result: SentReview}
}
