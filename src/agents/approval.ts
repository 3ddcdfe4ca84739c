import {bodyHash} from '../base/body-hash.ts'
import {ClambakeError} from '../base/errors.ts'
import {safeLine} from '../base/text.ts'
import type {Config} from '../model/data/config.ts'
import type {Issue} from '../model/data/issue.ts'
import {isTrusted} from '../model/data/trust.ts'
import type {ClaimBook} from '../model/gateways/git.ts'

/** Whether an issue's text may go to its agent: the claim was made for it as it is, or its author is trusted. */
export function isApproved(
  book: Pick<ClaimBook, 'get'>,
  issue: Pick<Issue, 'number' | 'title' | 'body' | 'author' | 'association'>,
  routing: Config['routing'],
): boolean {
  return isTrusted(issue, routing) || book.get(issue.number)?.record.bodyHash === bodyHash(issue)
}

/**
 * Throws `edited-after-approval` when a stranger's issue was edited after it was approved. The claim is blocked in the
 * same write that records the new text, so a kill in between lets nothing through; releasing the ticket approves the
 * text as it is then, and no later edit.
 */
export async function refuseEdited(
  {book, config}: {book: ClaimBook; config: Config},
  issue: Pick<Issue, 'number' | 'title' | 'body' | 'author' | 'association'>,
): Promise<void> {
  const record = book.get(issue.number)?.record
  const hash = bodyHash(issue)
  if (!record || record.bodyHash === hash || isTrusted(issue, config.routing)) return
  const error = new ClambakeError({
    code: 'edited-after-approval',
    message: `#${issue.number} by ${safeLine(issue.author)} was edited after it was approved`,
    kept: 'its work, in its worktree',
    next: `read it; clambake pop ${issue.number} approves it as it is now`,
  })
  await book.bump(issue.number, {phase: 'blocked', reason: `${error.message}; ${error.next}`, bodyHash: hash})
  throw error
}
