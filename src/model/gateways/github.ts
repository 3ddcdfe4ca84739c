import type {ClambakeError} from '../../base/errors.ts'
import type {CheckRow, Discussion, Review} from '../data/discussion.ts'
import type {Issue} from '../data/issue.ts'
import type {Pull} from '../data/pull.ts'
import type {SeenOnGithub} from '../data/show.ts'
import type {ForgeReading} from '../landing/gate/reading.ts'
import type {MergeMethod} from '../landing/merge-method.ts'
import type {ReviewComment} from '../review/comments.ts'
import type {Spoken} from '../review/words.ts'
import type {BundleForge} from './bundle.ts'
import type {LandingLock} from './landing-lock.ts'

export type {MergeMethod} from '../landing/merge-method.ts'

/**
 * What the decisions need of GitHub. A floor 2 package implements it, tests have an in-memory one, floor 3 handlers take it as an
 * argument. All methods reject with ClambakeError.
 */

export type QueueOutcome = {state: 'queued'} | {state: 'refused'; reason: string}

export type MergeOutcome =
  | {state: 'merged'; commit: string}
  /** Another commit than `sha` is the head. */
  | {state: 'head-moved'}
  /** GitHub says it cannot be merged now: conflict, failing rules, draft. */
  | {state: 'refused'; reason: string}

export type ApiQuota = {limit: number; remaining: number; resetAt: number}

/** REST's requests an hour, and GraphQL's points beside them; null: no query was answered yet. */
export type ApiBudget = ApiQuota & {calls: number; graphql: ApiQuota | null}

/** What is open on GitHub, as one look saw it. */
export type Snapshot = {issues: readonly Issue[]; pulls: readonly Pull[]}

/** A review to publish. The texts are sent as they are: words of others go through `quoteForGithub` first. */
export type NewReview = {
  pull: number
  key: string
  verdict: 'comment' | 'changes'
  /** The commit that was reviewed. */
  commit: string
  comments: readonly Pick<ReviewComment, 'path' | 'side' | 'from' | 'to' | 'body' | 'outdated'>[]
}

/**
 * `on`: GitHub is to merge exactly this head by itself, once nothing that main demands is missing, which takes the landing
 * lock as a merge does; null: no longer.
 */
export type AutoMergeRequest = {
  pull: number
  on: {sha: string; method: MergeMethod; title: string; text: string; lock: LandingLock} | null
}

/** `off`: it is not on, or the pull request was closed. */
export type AutoMergeOutcome = {state: 'on' | 'off' | 'merged'} | {state: 'refused'; reason: string}

/** Whom to ask for a review of a head; a team is `org/team`. */
export type ReviewRequest = {pull: number; head: string; reviewers: readonly string[]}

/** Who was asked now, and whom GitHub does not ask, with its own words. */
export type AskedReviewers = {
  asked: readonly string[]
  refused: readonly {reviewer: string; reason: string}[]
}

export type GithubGateway = BundleForge & {
  /** `canPush` null: GitHub does not say. */
  repository(): Promise<{
    fullName: string
    defaultBranch: string
    url: string
    hasIssues: boolean
    isPrivate: boolean
    /** The repository that this one is a fork of; null: of none. */
    forkOf: string | null
    canPush: boolean | null
  }>
  /** The login that the token belongs to. */
  viewer(): Promise<string>
  /** All that is open, in as few requests as the last look allows. A look that fails midway changes nothing. */
  snapshot(): Promise<Snapshot>
  issue(number: number): Promise<Issue | null>
  /** Throws `issue-gone` when the repository no longer has the issue: it was deleted or transferred. */
  assertIssue(number: number): Promise<void>
  /** The error `issue-gone` if that is why a write on the issue failed with `error`; null: it has another cause. */
  issueGoneError(number: number, error: unknown): Promise<ClambakeError | null>
  /** An issue or a pull request with its newest comments; null: no such number. */
  discussion(number: number): Promise<Discussion | null>
  pull(number: number): Promise<Pull>
  /** The newest pull with this head branch, open ones first. */
  pullOfBranch(branch: string): Promise<Pull | null>
  /** The pull requests that were closed or merged lately, a few hundred at most. */
  closedPulls(): Promise<readonly Pull[]>
  /** Closes a pull request without a merge; a merged one stays as it is. */
  ensurePullClosed(pull: number): Promise<Pull>
  /** Opens a pull request again; a merged one stays as it is. */
  ensurePullOpen(pull: number): Promise<Pull>
  /** All that GitHub says of a pull request and its issue, for the gate; read afresh and to the last page. */
  gate(asked: {pull: number; issue: number}): Promise<ForgeReading>
  /** Each check of a commit by itself. */
  checkRows(sha: string): Promise<readonly CheckRow[]>
  /** What reviewers say of a pull request; dismissed words don't count. */
  review(pull: number): Promise<Review>
  /** Asks for reviews; who is asked already, or has reviewed this head, is not asked again. */
  requestReviews(request: ReviewRequest): Promise<AskedReviewers>
  /** What was said of a pull request, by whomever, oldest first; read to the last page. */
  words(pull: number): Promise<readonly Spoken[]>
  /**
   * Writes a review once: `key` is in a hidden marker, which is looked for first. Comments on lines that GitHub does not
   * count as changed go into its body. A verdict that GitHub does not take from this account becomes a comment.
   */
  publishReview(review: NewReview): Promise<{url: string; inBody: number; verdict: 'comment' | 'changes'}>
  /** `worn`: the labels that it has, if they were read a moment ago. */
  ensureLabels(
    issue: number,
    change: {add: readonly string[]; remove: readonly string[]},
    worn?: readonly string[],
  ): Promise<void>
  /** What GitHub shows of these issues now; null: no issue of this repository has the number any more. */
  showing(issues: readonly number[]): Promise<ReadonlyMap<number, SeenOnGithub | null>>
  /**
   * Moves an issue's card on the configured board, which gets one; without a board nothing is done. With `from`, a card
   * in another column stays there.
   */
  ensureColumn(issue: number, column: string, from?: readonly string[] | null): Promise<void>
  /** False: the account cannot be assigned in this repository. */
  ensureAssignee(issue: number, change: {assign: string | null; unassign: string | null}): Promise<boolean>
  /**
   * Writes a comment once: `key` is in a hidden marker, which is looked for first. False: GitHub takes no comment there,
   * as the conversation is locked or its rules refuse this one. `isFirst`: it was never tried before, so that it is
   * looked for only if the answer gets lost.
   */
  ensureComment(issue: number, key: string, body: string, tried?: {isFirst: boolean}): Promise<boolean>
  /** `isOurs`: whether a title was made by us, and takes the new one; default: the title stays as it is. */
  ensurePull(options: {
    branch: string
    base: string
    title: string
    body: string
    isOurs?: (title: string) => boolean
  }): Promise<Pull>
  /**
   * As `ensurePull`, as a draft; an open one becomes a draft. Where the repository has no drafts it stays as any other.
   */
  ensureDraft(options: {branch: string; base: string; title: string; body: string}): Promise<Pull>
  /** Sent once, never retried; the caller looks before it tries again. */
  merge(options: {
    pull: number
    sha: string
    method: MergeMethod
    title: string
    /** The message below the title. */
    text: string
    lock: LandingLock
  }): Promise<MergeOutcome>
  /** Puts exactly this head into the merge queue of its base; one that is in it already stays. */
  enqueue(options: {pull: number; sha: string; lock: LandingLock}): Promise<QueueOutcome>
  /** Switches GitHub's auto-merge on or off; one that is as asked stays so. */
  setAutoMerge(request: AutoMergeRequest): Promise<AutoMergeOutcome>
  /** Gives the labels that it has. */
  ensureClosed(issue: number): Promise<readonly string[]>
  /** What the last answers said of the rate limit; `calls` counts this process's requests. */
  budget(): ApiBudget
}
