import {type Clock, poll} from '../base/clock.ts'
import {ClambakeError, messageOf} from '../base/errors.ts'
import {shortSha} from '../base/words.ts'
import type {Fact} from '../model/core/facts.ts'
import type {Config} from '../model/data/config.ts'
import type {LandTerms} from '../model/data/landing/terms.ts'
import type {Usage} from '../model/data/usage.ts'
import type {MadeFiles} from '../model/gateways/bundle.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import type {LandingLock} from '../model/gateways/landing-lock.ts'
import {gatePolicy} from '../model/landing/gate/policy.ts'
import type {ForgeReading, GateExpectation, GateInput, GateReading} from '../model/landing/gate/reading.ts'
import {haltText} from '../model/landing/halt.ts'
import type {AskReviewers} from '../model/landing/review-cause.ts'

export type LandingGateways = {
  git: GitGateway
  github: GithubGateway
  hub: Pick<HubGateway, 'append'>
  book: ClaimBook
  config: Config
  clock: Clock
  owner: string
  /** What a bundle makes again instead of merging it as text. */
  madeFiles: readonly MadeFiles[]
  defaultBranch: string
  /** Owners whose lease was seen to run out; looks at the leases now. */
  deadNow: () => Promise<ReadonlySet<string>>
  askReviewers: AskReviewers
  /** Ends what a worktree has outside of its folder. */
  tearDown: (place: {ticket: number; branch: string; session: string; worktree: string}) => Promise<void>
  /** What a ticket used so far. */
  usageOf: (ticket: number) => Usage
  /** Moves a ticket's card; false: it could not be moved, and why is shown. */
  showColumn: (ticket: number, column: string, from: readonly string[] | null) => Promise<boolean>
  /** Ends the ticket's trace. */
  endTrace: (options: {ticket: number; agent: string; traceparent: string | null; claimedAt: string}) => void
}

/** A merge is visible on the remote's main within this time, or something is wrong. */
const OBSERVE_MS = 30_000

/** Reads afresh all that the gate looks at. Throws `merge-not-seen` for a merge of which nothing shows the commit. */
export async function readGate(
  gateways: LandingGateways,
  {ticket, pull: number, fresh}: {ticket: number; pull: number; fresh: boolean},
): Promise<GateReading> {
  const {git, github} = gateways
  const told = await withMergeCommit(gateways, number, () => github.gate({pull: number, issue: ticket}))
  const {head, mergeable} = told.pull
  const conflicts = mergeable === 'conflict'
  // Where GitHub sees a conflict, main may have moved a moment ago.
  return {...told, ...(await git.gateFacts({head: head.sha, conflicts, fresh: fresh || conflicts}))}
}

/**
 * The reading of a pull request, which names the commit if it was merged: all that follows a landing looks for that on main.
 * GitHub may show it a moment later than the merge. Where a push brought the commits to main, the head is there itself.
 */
async function withMergeCommit(
  {git, clock}: Pick<LandingGateways, 'git' | 'clock'>,
  number: number,
  read: () => Promise<ForgeReading>,
): Promise<ForgeReading> {
  // What was merged into another branch did not land, whatever its commit is.
  const isNamed = ({pull: {state, mergeCommit, base}, defaultBranch}: ForgeReading) =>
    state !== 'merged' || mergeCommit !== null || base.branch !== defaultBranch
  const told = await read()
  if (isNamed(told)) return told
  const {sha} = told.pull.head
  if (await git.isOnMain(sha)) return {...told, pull: {...told.pull, mergeCommit: sha}}
  const look = async () => {
    const next = await read()
    return isNamed(next) ? next : undefined
  }
  const later = await poll(look, {everyMs: 1000, timeoutMs: OBSERVE_MS, clock})
  if (later) return later
  throw new ClambakeError({
    code: 'merge-not-seen',
    message: `GitHub says that #${number} was merged and does not say as which commit, and its head is not on main`,
    kept: 'the branch, the worktree and the claim',
    next: `look at #${number} and at main on GitHub`,
  })
}

/**
 * Reads everything afresh for the last question to the gate, after which GitHub may merge at any moment. Nothing is waited
 * for any more, so no time and no earlier look excuses anything.
 */
export async function readLast(
  gateways: LandingGateways,
  {ticket, pull, sha, requeue, terms}: {ticket: number; pull: number; sha: string; requeue: boolean; terms: LandTerms},
): Promise<{input: GateInput; halts: readonly Fact[]}> {
  const {git, config} = gateways
  const reading = await readGate(gateways, {ticket, pull, fresh: true})
  const halt = await git.halt({fresh: true})
  const expected: GateExpectation = {
    head: sha,
    waitedMs: 0,
    mayBeOurBlock: false,
    requeue,
    halted: halt && haltText(halt),
    repairsFirst: null,
    mainWasRed: false,
  }
  return {
    input: {reading, expected, policy: gatePolicy(config, terms)},
    halts: halt === null ? [] : [{type: 'haltSeen', halt}],
  }
}

/** Waits until main on the remote holds what GitHub says it merged. Throws `merge-not-seen`, with what is kept and next. */
export async function observeMerge(
  {git, clock}: LandingGateways,
  {pull, commit, kept, next}: {pull: number; commit: string; kept: string; next: string},
): Promise<void> {
  const look = async () => ((await git.isOnMain(commit)) ? true : undefined)
  if (await poll(look, {everyMs: 200, timeoutMs: OBSERVE_MS, clock})) return
  throw new ClambakeError({
    code: 'merge-not-seen',
    message: `GitHub says that #${pull} was merged as ${shortSha(commit)}, but main does not hold it`,
    kept,
    next,
  })
}

/** Compares what landed with what was tested; where they differ, landing is halted before anything more lands. */
export async function haltIfOther(
  {git}: LandingGateways,
  {pull, sha, commit}: {pull: number; sha: string; commit: string},
): Promise<Fact[]> {
  if (await git.sameTree(commit, sha)) return []
  const reason = `#${pull} landed as ${shortSha(commit)} with other files than its checks saw at ${shortSha(sha)}`
  const cause = {kind: 'tree', reason, from: sha, to: commit} as const
  await git.haltLanding(cause)
  return [{type: 'haltWritten', cause, halt: await git.halt()}]
}

/**
 * Runs a merge under the landing lock, so that one daemon at a time moves main. `busy`: what is told when another one has
 * it; `attempt`: the event of the attempt.
 */
export async function withLandingLock(
  gateways: LandingGateways,
  options: {
    busy: Fact[]
    attempt: {message: string; ticket?: number}
    run: (lock: LandingLock) => Promise<Fact[]>
  },
): Promise<Fact[]> {
  const {git, hub, owner} = gateways
  // An owner that slept may have renewed its lease by now, and merge at this moment.
  const lock = (await git.acquireLanding(owner)) ?? (await git.acquireLanding(owner, await gateways.deadNow()))
  if (!lock) return options.busy
  hub.append({type: 'landing_attempted', ...options.attempt})
  try {
    return await options.run(lock)
  } finally {
    await releaseLanding(gateways, lock, options.attempt.ticket)
  }
}

/** What became of the merge counts; a lock that stays behind is taken over by this owner's next merge. */
async function releaseLanding(
  {git, hub}: LandingGateways,
  lock: LandingLock,
  ticket: number | undefined,
): Promise<void> {
  try {
    await git.releaseLanding(lock)
  } catch (error) {
    const message = `the landing lock could not be released: ${messageOf(error)}`
    hub.append({type: 'status_update', ...(ticket !== undefined && {ticket}), severity: 'warning', message})
  }
}
