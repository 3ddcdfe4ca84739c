import type {ErrorCode} from '../../base/error-codes.ts'
import {ClambakeError} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {GithubClient} from '../client/client.ts'
import {statusOf} from '../client/errors.ts'
import {type Features, FIELDS} from './queries.ts'
import {fieldsShape} from './snapshot-shapes.ts'

/** Fields without which GraphQL has no advantage over REST. */
const NEEDED = {
  issue: ['authorAssociation', 'lastEditedAt', 'labels', 'assignees'],
  pull: ['mergeable', 'reviewDecision', 'statusCheckRollup', 'latestOpinionatedReviews', 'closingIssuesReferences'],
}
/** Statuses by which a server says that it does not know GraphQL's address. */
const UNSERVED = [404, 405, 410, 501]
const TROUBLES: readonly ErrorCode[] = [
  'github-unreachable',
  'github-unavailable',
  'github-rate-limited',
  'github-bad-token',
]

/** Finds what the server's GraphQL has; null: it has none of use. Rejects while that cannot be known. */
export async function findFeatures(
  client: GithubClient,
  {board, log}: {board: boolean; log: Log},
): Promise<Features | null> {
  try {
    const {issue, pull} = await client.graphql(FIELDS, {}, fieldsShape)
    const named = (type: typeof issue) => new Set(type?.fields.map(({name}) => name))
    const [ofIssue, ofPull] = [named(issue), named(pull)]
    const missing = [
      ...NEEDED.issue.filter(name => !ofIssue.has(name)),
      ...NEEDED.pull.filter(name => !ofPull.has(name)),
    ]
    if (missing.length > 0) {
      log.warn('GitHub is read by REST alone', {missing})
      return null
    }
    return {
      dependencies: ofIssue.has('blockedBy') && ofIssue.has('issueDependenciesSummary'),
      parent: ofIssue.has('parent'),
      board: board && ofIssue.has('projectItems'),
    }
  } catch (error) {
    if (!(error instanceof ClambakeError)) throw error
    if (TROUBLES.includes(error.code) && !UNSERVED.includes(statusOf(error) ?? 0)) throw error
    log.warn('GitHub is read by REST alone', {error: error.toJSON()})
    return null
  }
}

/** A field that this server's schema does not have, in GitHub's words or those of the reference implementation. */
export function isUnknownField(error: ClambakeError): boolean {
  return error.code === 'github-refused' && /doesn't exist on type|Cannot query field/i.test(error.message)
}
