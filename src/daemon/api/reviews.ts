import {randomUUID} from 'node:crypto'
import {ClambakeError} from '../../base/errors.ts'
import {ticketsOf} from '../../model/review/bundle.ts'
import {type ReviewDraft, reanchored} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import {readBundle, readShares, reviewedBundle} from '../reviews/bundle.ts'
import type {Outgoing} from '../reviews/store.ts'
import {readersOf, sendReview} from '../reviews/submit.ts'
import type {ApiParts, Handlers} from './parts.ts'
import {numberOf, workOf} from './work-of.ts'

/** The methods of reviewing changes in place. */
export function reviewsApi(
  parts: ApiParts,
): Handlers<'changes' | 'changedFile' | 'reviewDraft' | 'reviewReaders' | 'keepReview' | 'submitReview'> {
  const {git, reviewStore, caller} = parts

  /** The draft with its comments where their lines are now. */
  async function current(of: DiffOf, draft: ReviewDraft): Promise<ReviewDraft> {
    if (draft.comments.length === 0) return draft
    const texts = await git.linesOf(await workOf(parts, of), draft.comments)
    return {...draft, comments: draft.comments.map((comment, index) => reanchored(comment, texts[index] ?? null))}
  }

  /** A review with the tickets that get its comments, where it is about a bundle. */
  async function shared(of: DiffOf, draft: ReviewDraft): Promise<Pick<Outgoing, 'of' | 'draft' | 'shares'>> {
    const bundle = await reviewedBundle(parts, of)
    if (bundle === null) return {of, draft}
    const shares = await readShares(git, bundle, draft.comments)
    return {of, draft, shares: shares.map(({ticket, part}) => ({ticket, comments: part.map(({id}) => id)}))}
  }

  return {
    async changes({of}) {
      const work = await workOf(parts, of)
      const [changes, bundle] = await Promise.all([git.changesOf(work), reviewedBundle(parts, of)])
      const tickets = bundle && changes.files.map(file => ticketsOf(bundle.members, file.path))
      return {subject: `#${numberOf(of)} ${work.branch}`, tickets, ...changes}
    },
    changedFile: async ({of, path, from}) => git.fileDiff(await workOf(parts, of), {path, from}),

    async reviewDraft({of}) {
      const draft = reviewStore.draft(of)
      return draft === null ? {id: randomUUID(), head: null, comments: [], viewed: {}} : current(of, draft)
    },
    async reviewReaders({of}) {
      const draft = reviewStore.draft(of)
      return draft === null ? {readers: [], unheard: 0} : readersOf(parts, await shared(of, await current(of, draft)))
    },
    async keepReview({of, draft}) {
      reviewStore.keepDraft(of, draft)
      if ('pull' in of && draft.comments.length > 0 && reviewStore.bundle(of.pull) === null) {
        const bundle = await readBundle(git, parts.engine.state(), of.pull)
        if (bundle) reviewStore.keepBundle(of.pull, bundle)
      }
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
      const review = begun ?? {...(await shared(of, await current(of, draft!))), publish, by: caller}
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
