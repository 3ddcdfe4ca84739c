import {type Clock, poll} from '../base/clock.ts'
import {ClambakeError, hasCode, messageOf} from '../base/errors.ts'
import {shortSha} from '../base/words.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import type {Fact} from '../model/core/facts.ts'
import type {ClaimRecord} from '../model/data/claim.ts'
import type {Config} from '../model/data/config.ts'
import type {EffectOf} from '../model/data/effects.ts'
import {statusLabels} from '../model/data/labels.ts'
import type {Pull} from '../model/data/pull.ts'
import type {Usage} from '../model/data/usage.ts'
import type {ClaimBook, GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import type {LandingLock} from '../model/gateways/landing-lock.ts'
import {judgeMerge} from '../model/landing/gate/gate.ts'
import {gatePolicy} from '../model/landing/gate/policy.ts'
import type {GateReading} from '../model/landing/gate/reading.ts'
import {haltText} from '../model/landing/halt.ts'
import {GONE} from '../model/mirror/manual-changes.ts'
import {landedComment, mergeText, mergeTitle, pullBody, pullTitle} from './texts.ts'

export type LandingGateways = {
  git: GitGateway
  github: GithubGateway
  hub: Pick<HubGateway, 'append'>
  book: ClaimBook
  config: Config
  clock: Clock
  owner: string
  defaultBranch: string
  /** Owners whose lease was seen to run out; looks at the leases now. */
  deadNow: () => Promise<ReadonlySet<string>>
  /** What a ticket used so far. */
  usageOf: (ticket: number) => Usage
  /** Moves a ticket's card; false: it could not be moved, and why is shown. */
  showColumn: (ticket: number, column: string, from: readonly string[] | null) => Promise<boolean>
  /** Ends the ticket's trace. */
  endTrace: (options: {ticket: number; agent: string; traceparent: string | null; claimedAt: string}) => void
}

export type LandingEffect = 'openPull' | 'watchPull' | 'updateBranch' | 'mergePull' | 'finishTicket' | 'haltLanding'

/** A merge is visible on the remote's main within this time, or something is wrong. */
const OBSERVE_MS = 30_000

/** From bottled work to main: one pull request a ticket. */
export function landingHandlers(gateways: LandingGateways): EffectHandlers<LandingEffect> {
  return {
    openPull: effect => openPull(gateways, effect),

    async watchPull({ticket, pull}) {
      return [{type: 'pullSeen', ticket, reading: await readGate(gateways, {ticket, pull, fresh: false})}]
    },

    updateBranch: effect => updateBranch(gateways, effect),
    mergePull: effect => mergePull(gateways, effect),
    finishTicket: effect => finishTicket(gateways, effect),

    async haltLanding({noticed}) {
      await gateways.git.haltLanding(noticed)
      return [{type: 'haltWritten', cause: noticed, halt: await gateways.git.halt()}]
    },
  }
}

/** Reads afresh all that the gate looks at. */
async function readGate(
  {git, github}: LandingGateways,
  {ticket, pull: number, fresh}: {ticket: number; pull: number; fresh: boolean},
): Promise<GateReading> {
  const told = await github.gate({pull: number, issue: ticket})
  const {head, mergeable} = told.pull
  const conflicts = mergeable === 'conflict'
  // Where GitHub sees a conflict, main may have moved a moment ago.
  return {...told, ...(await git.gateFacts({head: head.sha, conflicts, fresh: fresh || conflicts}))}
}

/** Merges main into the branch and pushes it with the claim, so that the checks run on what a merge would make. */
async function updateBranch(gateways: LandingGateways, effect: EffectOf<'updateBranch'>): Promise<Fact[]> {
  const {git, book, config} = gateways
  const {ticket, branch, worktree, head, pull} = effect
  const linear = config.integration.merge_strategy === 'rebase'
  const updated = await git.bringUpToDate({worktree, branch, head, linear})
  if ('conflicts' in updated) {
    // GitHub may not have noticed the conflict yet.
    const reading = await readGate(gateways, {ticket, pull, fresh: true})
    const conflicting = {...reading.pull, mergeable: 'conflict' as const}
    return [{type: 'pullSeen', ticket, reading: {...reading, pull: conflicting, conflicts: updated.conflicts}}]
  }
  const {record} = await book.move(ticket, claim =>
    git.pushWork({worktree, claim, head: updated.head, patch: {phase: 'landing'}}),
  )
  return [{type: 'branchUpdated', ticket, head: record.head ?? updated.head}]
}

async function openPull(gateways: LandingGateways, effect: EffectOf<'openPull'>): Promise<Fact[]> {
  const {git, github, hub, book, config} = gateways
  const {ticket, branch, agent, worktree} = effect
  // The gate asks after the issue as well, but a pull request that is open stays there for people to see.
  await github.assertIssue(ticket)
  const {record} = await book.bump(ticket, {phase: 'landing'})
  // Deleted from outside, it comes back from what was pushed or seen.
  await git.ensureWorktree({path: worktree, branch, base: record.base})
  const newest = await github.pullOfBranch(branch)
  const known = newest && isOfThisWork(newest, record) ? newest : null
  const pull =
    known ??
    (await github.ensurePull({
      branch,
      base: gateways.defaultBranch,
      title: pullTitle(ticket, record.title),
      body: pullBody({
        record,
        agent,
        work: await git.inspect(worktree),
        method: config.integration.merge_strategy,
        usage: gateways.usageOf(ticket),
      }),
    }))
  await book.bump(ticket, {pull: pull.number})
  if (!known) {
    hub.append({type: 'pr_opened', ticket, agent, message: `#${pull.number} is open for #${ticket}`})
  }
  return [{type: 'pullOpened', ticket, pull: pull.number}]
}

/**
 * Whether a pull request carries this claim's work. An open one is used again, a merged one must be the claim's own,
 * and one that a person closed with this very work stays closed. Any other belongs to an earlier claim of the issue,
 * whose branch had the same name.
 */
function isOfThisWork(pull: Pull, {head, pull: ours}: ClaimRecord): boolean {
  if (pull.state === 'open' || pull.head.sha === head) return true
  return pull.state === 'merged' && pull.number === ours
}

async function mergePull(gateways: LandingGateways, effect: EffectOf<'mergePull'>): Promise<Fact[]> {
  const {git, hub, owner} = gateways
  const {ticket, pull} = effect
  // An owner that slept may have renewed its lease by now, and merge at this moment.
  const lock = (await git.acquireLanding(owner)) ?? (await git.acquireLanding(owner, await gateways.deadNow()))
  if (!lock) return [{type: 'landingBusy', ticket}]
  hub.append({type: 'landing_attempted', ticket, message: `#${pull} is being merged for #${ticket}`})
  try {
    return await mergeLocked(gateways, effect, lock)
  } finally {
    await releaseLanding(gateways, ticket, lock)
  }
}

/** What became of the merge counts; a lock that stays behind is taken over by this owner's next merge. */
async function releaseLanding({git, hub}: LandingGateways, ticket: number, lock: LandingLock): Promise<void> {
  try {
    await git.releaseLanding(lock)
  } catch (error) {
    const message = `the landing lock could not be released: ${messageOf(error)}`
    hub.append({type: 'status_update', ticket, severity: 'warning', message})
  }
}

async function mergeLocked(
  gateways: LandingGateways,
  {ticket, pull, branch, sha, requeue}: EffectOf<'mergePull'>,
  lock: LandingLock,
): Promise<Fact[]> {
  const {git, github, book, clock, config} = gateways
  const reading = await readGate(gateways, {ticket, pull, fresh: true})
  const halt = await git.halt({fresh: true})
  const expected = {head: sha, waitedMs: 0, mayBeOurBlock: false, requeue, halted: halt && haltText(halt)}
  const {verdict} = judgeMerge({reading, expected, policy: gatePolicy(config)})
  // What speaks against it, or that it is merged already, is for the decisions.
  if (verdict !== 'merge') {
    return [...(halt === null ? [] : [{type: 'haltSeen', halt} as const]), {type: 'pullSeen', ticket, reading}]
  }
  // The API's answer may be old; git's is not.
  const remote = await git.remoteHead(branch)
  if (remote !== sha) {
    return [{type: 'mergeRefused', ticket, reason: `the branch moved to ${remote ? shortSha(remote) : 'nothing'}`}]
  }
  if (reading.rules?.mergeQueue) {
    // The queue tests it with main, so what lands may have other files than its head.
    await book.bump(ticket, {phase: 'landing'})
    const queued = await github.enqueue({pull, sha, lock})
    return [
      queued.state === 'queued' ? {type: 'pullQueued', ticket} : {type: 'mergeRefused', ticket, reason: queued.reason},
    ]
  }
  // Moving the claim proves that it is still ours; a stale daemon stops here. After a crash it says what was tested.
  await book.bump(ticket, {phase: 'landing', merging: sha})
  const outcome = await github.merge({
    pull,
    sha,
    method: config.integration.merge_strategy,
    // A person may have given it another title since it was opened.
    title: mergeTitle({issue: ticket, title: reading.pull.title, pull}),
    text: mergeText({issue: ticket, branch}),
    lock,
  })
  if (outcome.state !== 'merged') {
    await book.bump(ticket, {merging: null})
    const reason = outcome.state === 'refused' ? outcome.reason : 'the head moved'
    return [{type: 'mergeRefused', ticket, reason}]
  }
  const {commit} = outcome
  const seen = await poll(async () => ((await git.isOnMain(commit)) ? true : undefined), {
    everyMs: 200,
    timeoutMs: OBSERVE_MS,
    clock,
  })
  if (!seen) {
    throw new ClambakeError({
      code: 'merge-not-seen',
      message: `GitHub says that #${pull} was merged as ${shortSha(commit)}, but main does not hold it`,
      kept: 'the branch, the worktree and the claim',
      next: `look at #${pull} and at main on GitHub`,
    })
  }
  return [{type: 'pullMerged', ticket, commit}, ...(await haltIfOther(gateways, {pull, sha, commit}))]
}

/** Compares what landed with what was tested; where they differ, landing is halted before anything more lands. */
async function haltIfOther(
  {git}: LandingGateways,
  {pull, sha, commit}: {pull: number; sha: string; commit: string},
): Promise<Fact[]> {
  if (await git.sameTree(commit, sha)) return []
  const reason = `#${pull} landed as ${shortSha(commit)} with other files than its checks saw at ${shortSha(sha)}`
  const cause = {kind: 'tree', reason, from: sha, to: commit} as const
  await git.haltLanding(cause)
  return [{type: 'haltWritten', cause, halt: await git.halt()}]
}

async function finishTicket(gateways: LandingGateways, effect: EffectOf<'finishTicket'>): Promise<Fact[]> {
  const {git, hub, book, config} = gateways
  const {ticket, agent, branch, worktree, head, pull, mergeCommit} = effect
  const record = book.get(ticket)?.record
  // The branch outlives an observed landing only.
  if (!(await git.isOnMain(mergeCommit))) {
    throw new ClambakeError({
      code: 'merge-not-seen',
      message: `${shortSha(mergeCommit)} of #${pull} is not on main`,
      kept: 'the branch, the worktree and the claim',
      next: 'it is looked at again in a moment',
    })
  }
  // A daemon that was killed right after its merge has not compared yet.
  const tested = record?.merging ?? null
  const halted = tested === null ? [] : await haltIfOther(gateways, {pull, sha: tested, commit: mergeCommit})
  if (book.get(ticket)) await book.bump(ticket, {phase: 'merged', merging: null})
  await tellLanded(gateways, effect, record)
  // Before the claim is released: after a crash in between, the card would stay where it is.
  await gateways.showColumn(ticket, 'Done', null)
  if (config.integration.delete_after_merge) await deleteBranch(gateways, effect)
  const rescues = await git.removeWorktree({path: worktree, branch, landed: head})
  if (rescues.length > 0) {
    const message = `work of #${ticket} that did not land is kept in ${rescues.join(', ')}`
    hub.append({type: 'status_update', ticket, agent, severity: 'warning', message})
  }
  await book.release(ticket)
  hub.append({type: 'pr_merged', ticket, agent, commit: mergeCommit, message: `#${ticket} landed through #${pull}`})
  if (record) {
    gateways.endTrace({ticket, agent, traceparent: record.traceparent, claimedAt: record.claimedAt})
  }
  return [...halted, {type: 'ticketFinished', ticket}]
}

/** What the issue says of its landing. One that is gone holds up nothing: the work is on main. */
async function tellLanded(
  {github, hub, config}: LandingGateways,
  {ticket, agent, branch, pull, mergeCommit}: EffectOf<'finishTicket'>,
  record: ClaimRecord | undefined,
): Promise<void> {
  try {
    const comment = landedComment({pull, mergeCommit, branch, record})
    if (!(await github.ensureComment(ticket, `landed-${pull}`, comment))) {
      const message = `#${ticket} landed, and GitHub takes no comment on it: its conversation is locked`
      hub.append({type: 'status_update', ticket, agent, severity: 'warning', commit: mergeCommit, message})
    }
    await github.ensureClosed(ticket)
    await github.ensureLabels(ticket, {add: [], remove: statusLabels([agent], config.routing)})
  } catch (error) {
    if (!(await github.issueGoneError(ticket, error))) throw error
    const message = `#${ticket} landed through #${pull}, which closes nothing: ${GONE}`
    hub.append({type: 'status_update', ticket, agent, severity: 'warning', commit: mergeCommit, message})
  }
}

/** Deletes the landed branch; one with another person's commits is kept. */
async function deleteBranch(
  {git, hub}: LandingGateways,
  {ticket, branch, head}: EffectOf<'finishTicket'>,
): Promise<void> {
  try {
    await git.deleteRemoteBranch(branch, head)
  } catch (error) {
    if (!hasCode(error, 'branch-moved')) throw error
    hub.append({type: 'status_update', ticket, severity: 'warning', message: `${branch} is kept: ${error.message}`})
  }
}
