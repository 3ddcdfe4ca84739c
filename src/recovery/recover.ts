import {safeLine} from '../base/text.ts'
import type {Claim} from '../model/data/claim.ts'
import type {Config} from '../model/data/config.ts'
import type {AgentId} from '../model/data/ids.ts'
import type {Pull} from '../model/data/pull.ts'
import type {ClaimBook, GitGateway, Rescue} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import type {AskReviewers} from '../model/landing/review-cause.ts'
import {pullBody, pullTitle} from './texts.ts'

export type RecoveryGateways = {
  git: GitGateway
  github: GithubGateway
  hub: Pick<HubGateway, 'append'>
  book: ClaimBook
  config: Config
  owner: string
  hostName: string
  defaultBranch: string
}

/**
 * Takes over a dead daemon's claim; branch, session and pull request stay as in its record. Throws `claim-lost` when
 * its owner or another daemon moved it meanwhile. `why` is shown to people.
 */
export async function takeOverClaim(gateways: RecoveryGateways, claim: Claim, why: string): Promise<Claim> {
  const {git, hub, book, owner, hostName} = gateways
  const taken = await git.bumpClaim(claim, {owner, host: hostName})
  book.put(taken)
  const {issue, host} = claim.record
  const agent = claim.record.agent as AgentId
  hub.append({type: 'issue_assigned', ticket: issue, agent, message: `#${issue} is taken over from ${host}: ${why}`})
  return taken
}

/**
 * Hands a branch to a person: pushes it forward, opens a pull request that closes no issue, adds the review label. An
 * open pull request is left as it is. Uncommitted files of the worktree are saved in a rescue ref.
 */
export async function openPullForHuman(
  gateways: RecoveryGateways & {askReviewers: AskReviewers},
  work: {issue: number | null; branch: string; worktree: string | null},
): Promise<{pull: Pull; opened: boolean; saved: Rescue | null}> {
  const {git, github, hub, config, defaultBranch} = gateways
  const {issue, branch, worktree} = work
  const dirty = worktree === null ? [] : (await git.inspect(worktree)).dirty
  const saved =
    worktree !== null && dirty.length > 0 ? await git.rescue({worktree, reason: `${branch} goes to a person`}) : null
  const {head} = await git.publishBranch(branch)
  const known = await github.pullOfBranch(branch)
  const open = known?.state === 'open' ? known : null
  const title = issue === null ? branch : (await github.issue(issue))?.title
  const pull =
    open ??
    (await github.ensurePull({
      branch,
      base: defaultBranch,
      title: pullTitle(safeLine(title ?? branch)),
      body: pullBody({issue, branch, head, saved}),
    }))
  await github.ensureLabels(pull.number, {add: [config.routing.review_label], remove: []})
  const about = issue === null ? {} : {ticket: issue}
  await gateways.askReviewers({pull: pull.number, head, works: [], why: 'it was recovered for a person', ...about})
  if (!open) {
    const message = `#${pull.number} is open for a person: ${branch}`
    hub.append({type: 'pr_opened', message, commit: head, ...about})
  }
  return {pull, opened: !open, saved}
}
