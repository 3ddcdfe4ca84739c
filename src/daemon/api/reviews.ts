import {randomUUID} from 'node:crypto'
import {ClambakeError} from '../../base/errors.ts'
import {shortSha} from '../../base/words.ts'
import {isMeant, type Meant} from '../../model/hub/meant.ts'
import {ticketsOf} from '../../model/review/bundle.ts'
import {type Publish, type ReviewDraft, type ReviewReader, reanchored} from '../../model/review/comments.ts'
import type {DiffOf} from '../../model/review/diff.ts'
import {readBundle, readShares, reviewedBundle} from '../reviews/bundle.ts'
import type {Outgoing} from '../reviews/store.ts'
import {pullOf, readersOf, sendReview} from '../reviews/submit.ts'
import type {ApiParts, Handlers} from './parts.ts'
import {heldTicket, numberOf, workOf} from './work-of.ts'

/** The methods of reviewing changes in place. */
export function reviewsApi(
  parts: ApiParts,
): Handlers<'changes' | 'changedFile' | 'reviewDraft' | 'reviewReaders' | 'keepReview' | 'submitReview'> {
  const {git, github, reviewStore, caller} = parts

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

  const headOf = async (of: DiffOf) => (await git.changesOf(await workOf(parts, of))).head

  /** The review as it is sent. Throws `head-moved`, `no-ticket` when it would go elsewhere than the person was shown. */
  async function checked(asked: {
    of: DiffOf
    draft: ReviewDraft
    publish: Publish
    head: string | undefined
    readers: readonly Meant[] | undefined
  }): Promise<Outgoing> {
    const {of, draft, publish, head, readers} = asked
    const review = {...(await shared(of, await current(of, draft))), publish, by: caller}
    const pull = publish === 'no' ? null : pullOf(parts, of)
    const commit = pull === null ? null : (await github.pull(pull)).head.sha
    if (head !== undefined) {
      const pushed = heldTicket(parts, of)?.context.head ?? head
      const now = await headOf(of)
      const other = now !== head ? now : commit !== null && ![head, pushed].includes(commit) ? commit : null
      if (other !== null) throw headMoved(of, head, other)
    }
    const unseen = readersOf(parts, review).readers.find(reader => readers?.some(one => isMeant(reader, one)) === false)
    if (unseen) throw otherReader(unseen)
    return {...review, ...(commit !== null && {commit})}
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
      const head = await headOf(of)
      if (draft === null) return {readers: [], unheard: 0, outdated: 0, head}
      const now = await current(of, draft)
      const outdated = now.comments.filter(comment => comment.outdated).length
      return {...readersOf(parts, await shared(of, now)), outdated, head}
    },
    async keepReview({of, draft}) {
      reviewStore.keepDraft(of, draft)
      if ('pull' in of && draft.comments.length > 0 && reviewStore.bundle(of.pull) === null) {
        const bundle = await readBundle(git, parts.engine.state(), of.pull)
        if (bundle) reviewStore.keepBundle(of.pull, bundle)
      }
      return null
    },

    async submitReview({of, id, publish, head, readers}) {
      const draft = reviewStore.draft(of)
      const begun = reviewStore.outgoing().find(({draft: sent}) => sent.id === id)
      if (!begun && (draft?.id !== id || draft.comments.length === 0)) {
        throw new ClambakeError({
          code: 'empty-review',
          message: 'There is no comment to send: the review was sent already, or it has none yet',
          next: 'c writes one on the line under the cursor',
        })
      }
      const review = begun ?? (await checked({of, draft: draft!, publish, head, readers}))
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

function headMoved(of: DiffOf, seen: string, now: string): ClambakeError {
  return new ClambakeError({
    code: 'head-moved',
    message: `The work on #${numberOf(of)} is at ${shortSha(now)} by now, and no longer at ${shortSha(seen)}`,
    kept: 'the review, as a draft',
    next: 'd on it shows the work as it is now; s sends the review',
  })
}

function otherReader({ticket, agent}: ReviewReader): ClambakeError {
  return new ClambakeError({
    code: 'no-ticket',
    message: `The review would go to ${agent} on #${ticket} by now, which was not shown`,
    kept: 'the review, as a draft',
    next: 's shows who gets it',
  })
}
