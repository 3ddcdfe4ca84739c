import type {Config} from './config.ts'
import type {Association, Issue} from './issue.ts'
import {hasName} from './names.ts'

/** What GitHub says of people who may write to the repository; in a public one everybody may speak. */
export const MAY_WRITE: readonly Association[] = ['OWNER', 'MEMBER', 'COLLABORATOR']

/** Whether what the author writes may go to an agent unseen. */
export function isTrusted({association, author}: Pick<Issue, 'association' | 'author'>, routing: Config['routing']) {
  return MAY_WRITE.includes(association) || hasName(routing.trusted_authors, author)
}

/**
 * Why an issue may not go to an agent yet for whose it is; null: it may. A stranger's issue needs the routing label by
 * somebody else's hand, after its last edit. What is not known is no approval, and neither is an edit in the same
 * moment: GitHub's times are whole seconds.
 */
export function distrustOf(issue: Issue, routing: Config['routing']): string | null {
  if (isTrusted(issue, routing)) return null
  const {author, approvedAt, editedAt} = issue
  if (approvedAt == null || editedAt === undefined) return `${author} is not in routing.trusted_authors`
  if (editedAt === null || editedAt < approvedAt) return null
  return `edited since ${routing.routing_label} was put on it: take the label off and put it on again`
}
