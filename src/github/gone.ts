import type {ErrorCode} from '../base/error-codes.ts'
import {ClambakeError, hasCode} from '../base/errors.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import {GONE, ISSUE_GONE} from '../model/mirror/manual-changes.ts'

/** What GitHub answers to a write on an issue that is not there; a token that sees nothing is answered so, too. */
const REFUSALS: readonly ErrorCode[] = ['github-not-found', 'github-refused', 'issue-not-found']

/** Whether `error` came because the issue is not in this repository any more: it was deleted or transferred. */
export async function cameOfGone(
  github: Pick<GithubGateway, 'issue'>,
  issue: number,
  error: unknown,
): Promise<boolean> {
  if (!hasCode(error, ...REFUSALS)) return false
  return (await github.issue(issue)) === null
}

/** Throws `issue-gone` where nothing is left to work for or to close. */
export async function demandIssue(github: Pick<GithubGateway, 'issue'>, issue: number): Promise<void> {
  if ((await github.issue(issue)) === null) throw issueGone(issue)
}

export function issueGone(issue: number): ClambakeError {
  return new ClambakeError({
    code: ISSUE_GONE,
    message: `#${issue}: ${GONE}`,
    kept: 'the branch, the worktree and the claim',
    next: `clambake why ${issue}`,
  })
}
