import type {Meant} from '../../model/hub/meant.ts'
import type {Publish, ReviewDraft, ReviewReader, SentReview} from '../../model/review/comments.ts'
import type {Changes, DiffOf, FileDiff} from '../../model/review/diff.ts'

/** `tickets`: for each file the tickets whose work changes it; null: it is no bundle of this daemon's. */
export type ReviewedChanges = Changes & {subject: string; tickets: readonly (readonly number[])[] | null}

/** Methods of reviewing a ticket's or a pull request's changes. */
export type ReviewApi = {
  /** The files that it changes. */
  changes: {params: {of: DiffOf}; result: ReviewedChanges}
  /** The lines of one of them. */
  changedFile: {params: {of: DiffOf; path: string; from: string | null}; result: FileDiff}
  /** The person's review that was not sent yet, its comments where their lines are now. */
  reviewDraft: {params: {of: DiffOf}; result: ReviewDraft}
  keepReview: {params: {of: DiffOf; draft: ReviewDraft}; result: null}
  /**
   * Who would get which comments of the kept review; `unheard`: comments on work that no agent has any more; `outdated`: comments
   * on lines that have changed since; `head`: the commit that the work is at now.
   */
  reviewReaders: {
    params: {of: DiffOf}
    result: {readers: readonly ReviewReader[]; unheard: number; outdated: number; head: string}
  }
  /**
   * Sends the kept review to the agent and, if wanted, to GitHub; once for each `id`. `head` and `readers` are what the person was
   * shown. Throws `empty-review`, `no-pull`, `nowhere-to-send`; `head-moved` or `no-ticket` when these are others by now.
   */
  submitReview: {
    params: {of: DiffOf; id: string; publish: Publish; head?: string; readers?: Meant[]}
    result: SentReview
  }
}
