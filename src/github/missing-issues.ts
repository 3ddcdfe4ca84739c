import type {ErrorCode} from '../base/error-codes.ts'
import {ClambakeError, hasCode} from '../base/errors.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import {GONE, ISSUE_GONE} from '../model/mirror/manual-changes.ts'

/** GitHub's answers to a write on a missing issue; it gives them to a token that sees nothing, too. */
const REFUSALS: readonly ErrorCode[] = ['github-not-found', 'github-refused', 'issue-not-found']

/** The part of the gateway that tells a deleted or transferred issue from other failures. */
export function missingIssues(
  findIssue: GithubGateway['issue'],
): Pick<GithubGateway, 'assertIssue' | 'issueGoneError'> {
  return {
    async assertIssue(issue) {
      if ((await findIssue(issue)) === null) throw issueGone(issue)
    },
    async issueGoneError(issue, error) {
      if (!hasCode(error, ...REFUSALS)) return null
      return (await findIssue(issue)) === null ? issueGone(issue) : null
    },
  }
}

function issueGone(issue: number): ClambakeError {
  return new ClambakeError({
    code: ISSUE_GONE,
    message: `#${issue}: ${GONE}`,
    kept: 'the branch, the worktree and the claim',
    next: `clambake why ${issue}`,
  })
}
