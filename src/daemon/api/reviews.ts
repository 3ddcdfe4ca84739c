import {randomUUID} from 'node:crypto'
import {ClambakeError} from '../../base/errors.ts'
import {type ReviewDraft, reanchored} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import {sendReview} from '../reviews/submit.ts'
import type {ApiParts, Handlers} from './parts.ts'
import {numberOf, workOf} from './work-of.ts'

/** The methods of reviewing changes in place. */
export function reviewsApi(
  parts: ApiParts,
): Handlers<'changes' | 'changedFile' | 'reviewDraft' | 'keepReview' | 'submitReview'> {
  const {git, reviewStore, caller} = parts

  /** The draft with its comments where their lines are now. */
  async function current(of: DiffOf, draft: ReviewDraft): Promise<ReviewDraft> {
    if (draft.comments.length === 0) return draft
    const texts = await git.linesOf(await workOf(parts, of), draft.comments)
    return {...draft, comments: draft.comments.map((comment, index) => reanchored(comment, texts[index] ?? null))}
  }

  return {
    async changes({of}) {
      const work = await workOf(parts, of)
      return {subject: `#${numberOf(of)} ${work.branch}`, ...(await git.changesOf(work))}
    },
    changedFile: async ({of, path, from}) => git.fileDiff(await workOf(parts, of), {path, from}),

    async reviewDraft({of}) {
      const draft = reviewStore.draft(of)
      return draft === null ? {id: randomUUID(), head: null, comments: [], viewed: {}} : current(of, draft)
    },
    async keepReview({of, draft}) {
      reviewStore.keepDraft(of, draft)
      return null
    },

    async submitReview({of, id, publish}) {
      const draft = reviewStore.draft(of)
      const begun = reviewStore.outgoing().find(({draft: sent}) => sent.id === id)
      if (!begun && (draft?.id !== id || draft.comments.length === 0)) {
        throw new ClambakeError({
          code: 'empty-review',
          message: 'There is no comment to send: the review was sent already, or it has none yet',
          next: 'c writes one on the line under the cursor',
        })
      }
      const review = begun ?? {of, draft: await current(of, draft!), publish, by: caller}
      reviewStore.keepOutgoing(review)
      try {
        const sent = await sendReview(parts, review)
        reviewStore.sent(review)
        return sent
      } catch (error) {
        reviewStore.notSent(review)
        throw error
      }
    },
  }
}
