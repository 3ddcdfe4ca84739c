import {ClambakeError, hasCode} from '../base/errors.ts'
import {shortSha} from '../base/words.ts'
import type {EffectHandlers} from '../model/core/effect-handler.ts'
import type {Fact} from '../model/core/facts.ts'
import type {ClaimRecord} from '../model/data/claim.ts'
import type {EffectOf} from '../model/data/effects.ts'
import {statusLabels} from '../model/data/labels.ts'
import {NO_TERMS, sameTerms} from '../model/data/landing/terms.ts'
import type {Pull} from '../model/data/pull.ts'
import type {LandingLock} from '../model/gateways/landing-lock.ts'
import {judgeMerge} from '../model/landing/gate/gate.ts'
import {methodFor} from '../model/landing/terms.ts'
import {GONE} from '../model/mirror/manual-changes.ts'
import {setAutoMerge} from './auto-merge.ts'
import {type BundleEffect, bundleHandlers, landedBefore} from './bundle.ts'
import {openDraft, takeUpDraft} from './drafts.ts'
import {haltIfOther, type LandingGateways, observeMerge, readGate, readLast, withLandingLock} from './gateways.ts'
import {landedComment, mergeText, mergeTitle, pullBody, pullTitle} from './texts.ts'

export type LandingEffect =
  | BundleEffect
  | 'keepTerms'
  | 'setAutoMerge'
  | 'openPull'
  | 'openDraft'
  | 'watchPull'
  | 'updateBranch'
  | 'mergePull'
  | 'finishTicket'
  | 'haltLanding'

/** From bottled work to main: one pull request a ticket, or one for a bundle of them. */
export function landingHandlers(gateways: LandingGateways): EffectHandlers<LandingEffect> {
  return {
    ...bundleHandlers(gateways),
    openPull: effect => openPull(gateways, effect),
    openDraft: effect => openDraft(gateways, effect),

    async watchPull({ticket, pull}) {
      return [{type: 'pullSeen', ticket, reading: await readGate(gateways, {ticket, pull, fresh: false})}]
    },

    updateBranch: effect => updateBranch(gateways, effect),
    mergePull: effect => mergePull(gateways, effect),
    setAutoMerge: effect => setAutoMerge(gateways, effect),
    finishTicket: effect => finishTicket(gateways, effect),

    async keepTerms({ticket, terms}) {
      await gateways.book.bump(ticket, {terms: sameTerms(terms, NO_TERMS) ? null : terms})
      return []
    },

    async haltLanding({noticed}) {
      await gateways.git.haltLanding(noticed)
      return [{type: 'haltWritten', cause: noticed, halt: await gateways.git.halt()}]
    },
  }
}

/** Merges main into the branch and pushes it with the claim, so that the checks run on what a merge would make. */
async function updateBranch(gateways: LandingGateways, effect: EffectOf<'updateBranch'>): Promise<Fact[]> {
  const {git, book, config} = gateways
  const {ticket, branch, worktree, head, pull, terms} = effect
  const linear = methodFor(config, terms) === 'rebase'
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
  const landed = await landedBefore(gateways, ticket)
  if (landed.length > 0) return landed
  // The gate asks after the issue as well, but a pull request that is open stays there for people to see.
  await github.assertIssue(ticket)
  const {record} = await book.bump(ticket, {phase: 'landing'})
  // Deleted from outside, it comes back from what was pushed or seen.
  await git.ensureWorktree({path: worktree, branch, base: record.base})
  const newest = await github.pullOfBranch(branch)
  const known = newest && isOfThisWork(newest, record) ? newest : null
  const wasDraft = record.draft === true && known?.state === 'open'
  const pushed = wasDraft ? await takeUpDraft(gateways, {record, pull: known, worktree}) : null
  // The text of a draft tells a person what to resolve, which is over.
  const isAsItWas = known !== null && !wasDraft
  const pull = isAsItWas
    ? known
    : await github.ensurePull({
        branch,
        base: gateways.defaultBranch,
        title: pullTitle(ticket, record.title),
        body: pullBody({
          record,
          agent,
          work: await git.inspect(worktree),
          method: methodFor(config, record.terms ?? NO_TERMS),
          usage: gateways.usageOf(ticket),
        }),
      })
  await book.bump(ticket, {pull: pull.number})
  const head = pushed ?? record.head ?? pull.head.sha
  await gateways.askReviewers({pull: pull.number, head, works: [head], ticket})
  if (!known) {
    hub.append({type: 'pr_opened', ticket, agent, message: `#${pull.number} is open for #${ticket}`})
  }
  return [{type: 'pullOpened', ticket, pull: pull.number, ...(pushed !== null && {head: pushed})}]
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

function mergePull(gateways: LandingGateways, effect: EffectOf<'mergePull'>): Promise<Fact[]> {
  const {ticket, pull} = effect
  return withLandingLock(gateways, {
    busy: [{type: 'landingBusy', ticket}],
    attempt: {ticket, message: `#${pull} is being merged for #${ticket}`},
    run: lock => mergeLocked(gateways, effect, lock),
  })
}

async function mergeLocked(
  gateways: LandingGateways,
  {ticket, pull, branch, sha, requeue, terms}: EffectOf<'mergePull'>,
  lock: LandingLock,
): Promise<Fact[]> {
  const {git, github, book, config} = gateways
  const {input, halts} = await readLast(gateways, {ticket, pull, sha, requeue, terms})
  const {reading} = input
  // What speaks against it, or that it is merged already, is for the decisions.
  if (judgeMerge(input).verdict !== 'merge') return [...halts, {type: 'pullSeen', ticket, reading}]
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
    method: methodFor(config, terms),
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
  await observeMerge(gateways, {
    pull,
    commit,
    kept: 'the branch, the worktree and the claim',
    next: `look at #${pull} and at main on GitHub`,
  })
  return [{type: 'pullMerged', ticket, commit}, ...(await haltIfOther(gateways, {pull, sha, commit}))]
}

async function finishTicket(gateways: LandingGateways, effect: EffectOf<'finishTicket'>): Promise<Fact[]> {
  const {git, hub, book, config} = gateways
  const {ticket, agent, branch, worktree, head, pull, mergeCommit, terms} = effect
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
  // Its bundle stays noted, as by that the next daemon finds what landed, after a kill from here on.
  if (book.get(ticket)) await book.bump(ticket, {phase: 'merged', merging: null})
  await tellLanded(gateways, effect, record)
  // Before the claim is released: after a crash in between, the card would stay where it is.
  await gateways.showColumn(ticket, 'Done', null)
  if (config.integration.delete_after_merge || terms.deleteBranch) await deleteBranch(gateways, effect)
  await gateways.tearDown({ticket, branch, session: record?.session ?? `ticket-${ticket}`, worktree})
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
    // The claim said that it is merged before the comment was written.
    const isFirst = record !== undefined && record.phase !== 'merged'
    if (!(await github.ensureComment(ticket, `landed-${pull}`, comment, {isFirst}))) {
      const message = `#${ticket} landed, and GitHub takes no comment on it: its conversation is locked`
      hub.append({type: 'status_update', ticket, agent, severity: 'warning', commit: mergeCommit, message})
    }
    const labels = await github.ensureClosed(ticket)
    await github.ensureLabels(ticket, {add: [], remove: statusLabels([agent], config.routing)}, labels)
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
