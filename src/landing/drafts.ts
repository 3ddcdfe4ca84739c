import {ClambakeError} from '../base/errors.ts'
import {shortSha} from '../base/words.ts'
import type {Fact} from '../model/core/facts.ts'
import type {ClaimRecord} from '../model/data/claim.ts'
import type {EffectOf} from '../model/data/effects.ts'
import type {Pull} from '../model/data/pull.ts'
import type {LandingGateways} from './gateways.ts'
import {draftBody, pullTitle} from './texts.ts'

/** Gives work that its agent could not bring together with main to a person: its pull request becomes a draft. */
export async function openDraft(gateways: LandingGateways, effect: EffectOf<'openDraft'>): Promise<Fact[]> {
  const {github, hub, book} = gateways
  const {ticket, branch, agent, paths, reason} = effect
  const record = book.get(ticket)?.record
  // Without a push there is nothing to show, and without a claim it is another daemon's by now.
  if (!record || record.head === null) return []
  const pull = await github.ensureDraft({
    branch,
    base: gateways.defaultBranch,
    title: pullTitle(ticket, record.title),
    body: draftBody({record, agent, paths, reason, base: gateways.defaultBranch}),
  })
  const isNew = record.pull !== pull.number || record.draft !== pull.draft
  await book.bump(ticket, {pull: pull.number, draft: pull.draft})
  const why = `its conflict with ${gateways.defaultBranch} needs a person`
  await gateways.askReviewers({pull: pull.number, head: pull.head.sha, works: [], why, ticket})
  if (isNew) {
    const what = pull.draft ? 'is a draft' : 'is open'
    hub.append({type: 'pr_opened', ticket, agent, message: `#${pull.number} ${what} for #${ticket}: ${why}`})
  }
  return [{type: 'draftOpened', ticket, pull: pull.number, draft: pull.draft}]
}

/**
 * Takes up what a person pushed into a draft that is marked ready for review: it is what lands from now on, and the gate
 * asks everything of it. Gives the new head; null: nothing was pushed. Throws `still-draft`, and `head-moved` when it is
 * not on top of what the agent pushed.
 */
export async function takeUpDraft(
  {git, book, hub}: LandingGateways,
  {record, pull, worktree}: {record: ClaimRecord; pull: Pull; worktree: string},
): Promise<string | null> {
  const {issue: ticket, branch, head} = record
  if (pull.draft) {
    throw new ClambakeError({
      code: 'still-draft',
      message: `#${pull.number} is a draft, in which a person resolves what the agent could not`,
      kept: 'the branch, the worktree and the claim',
      next: `mark #${pull.number} ready for review on GitHub once it merges`,
    })
  }
  const pushed = await git.remoteHead(branch)
  if (pushed === null || head === null || pushed === head) {
    await book.bump(ticket, {draft: false})
    return null
  }
  await git.followPush({worktree, branch, from: head, to: pushed})
  await book.bump(ticket, {draft: false, head: pushed})
  hub.append({
    type: 'status_update',
    ticket,
    message: `#${ticket} lands with what a person pushed, ${shortSha(pushed)}`,
  })
  return pushed
}
