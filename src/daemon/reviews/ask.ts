import type {Config} from '../../model/data/config.ts'
import type {BundleGit} from '../../model/gateways/bundle.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {gatePolicy} from '../../model/landing/gate/policy.ts'
import type {AskReviewers} from '../../model/landing/review-cause.ts'
import {reviewCause} from '../../model/landing/review-cause.ts'

/**
 * Makes what asks the configured reviewers on GitHub, where a pull request changes protected paths, is large, or needs a
 * person anyway. Nothing waits for them; whom GitHub does not ask is told once in an event.
 */
export function createReviewAsker({
  git,
  github,
  hub,
  config,
}: {
  git: Pick<BundleGit, 'workChanges'>
  github: Pick<GithubGateway, 'requestReviews'>
  hub: Pick<HubGateway, 'append'>
  config: Config
}): AskReviewers {
  const told = new Set<string>()
  return async ({pull, head, works, why, ticket}) => {
    const {reviewers} = config.integration
    if (reviewers.length === 0) return
    const cause = why ?? (await causeOf(works))
    if (cause === null) return
    const {asked, refused} = await github.requestReviews({pull, head, reviewers})
    const about = ticket === undefined ? {} : {ticket}
    if (asked.length > 0) {
      const message = `${asked.join(', ')} ${asked.length === 1 ? 'is' : 'are'} asked to review #${pull}: ${cause}`
      hub.append({type: 'status_update', ...about, message})
    }
    for (const {reviewer, reason} of refused) {
      if (told.has(reviewer)) continue
      told.add(reviewer)
      const message = `GitHub does not ask ${reviewer} to review #${pull} (integration.reviewers): ${reason}`
      hub.append({type: 'status_update', ...about, severity: 'warning', message})
    }
  }

  async function causeOf(heads: readonly string[]): Promise<string | null> {
    const changes = await git.workChanges(heads)
    const all = heads.map(head => changes.get(head) ?? null)
    const known = all.every(found => found !== null) ? all.flat() : null
    return reviewCause(known, {...gatePolicy(config), lines: config.integration.review_lines})
  }
}
