import * as z from 'zod'
import {ClambakeError} from '../base/errors.ts'
import type {Issue} from '../model/data/issue.ts'
import {hasName} from '../model/data/names.ts'
import type {GithubClient} from './client/client.ts'
import {isGone} from './client/errors.ts'
import {ASSOCIATIONS, anything, issueFields, time} from './shapes.ts'
import {isHere, placeFields} from './transferred.ts'

const issueShape = z.object({
  ...issueFields,
  author_association: z
    .enum(ASSOCIATIONS)
    // An association that we do not know is not one that we trust.
    .catch('NONE'),
  updated_at: time,
  /** Pull requests come as issues, too. */
  pull_request: z.unknown().optional(),
  ...placeFields,
})
type RawIssue = z.infer<typeof issueShape>

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}'

/** All open issues; pull requests are left out. */
export async function openIssues(client: GithubClient): Promise<Issue[]> {
  const raw = await client.list('GET /repos/{owner}/{repo}/issues', {state: 'open'}, issueShape)
  return raw.filter(issue => issue.pull_request === undefined).map(toIssue)
}

/** null: no such issue is here, as after a transfer to another repository, or the number is a pull request's. */
export async function findIssue(client: GithubClient, number: number): Promise<Issue | null> {
  try {
    const raw = await client.request(`GET ${ISSUE}`, {issue_number: number}, issueShape)
    return raw.pull_request === undefined && (await isHere(client, raw, number)) ? toIssue(raw) : null
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** Gives the labels that the issue has, which are read on the way. */
export async function ensureClosed(client: GithubClient, number: number): Promise<readonly string[]> {
  const issue = await findIssue(client, number)
  if (issue === null) {
    throw new ClambakeError({
      code: 'issue-not-found',
      message: `${client.slug} has no issue #${number}`,
      next: 'check the number with clambake peek',
    })
  }
  if (issue.state === 'closed') return issue.labels
  const change = {issue_number: number, state: 'closed', state_reason: 'completed'}
  return toIssue(await client.request(`PATCH ${ISSUE}`, change, issueShape)).labels
}

/**
 * Assigns and unassigns people beside those who are assigned. False: GitHub takes no notice, as the account may not be
 * assigned here.
 */
export async function ensureAssignee(
  client: GithubClient,
  number: number,
  {assign, unassign}: {assign: string | null; unassign: string | null},
): Promise<boolean> {
  const params = {issue_number: number}
  if (unassign !== null) await client.request(`DELETE ${ISSUE}/assignees`, {...params, assignees: [unassign]}, anything)
  if (assign === null) return true
  const {assignees} = await client.request(`POST ${ISSUE}/assignees`, {...params, assignees: [assign]}, issueShape)
  return hasName(assignees ?? [], assign)
}

function toIssue(raw: RawIssue): Issue {
  return {
    number: raw.number,
    title: raw.title,
    body: raw.body ?? '',
    state: raw.state,
    labels: raw.labels,
    author: raw.user,
    association: raw.author_association,
    assignees: raw.assignees ?? [],
    url: raw.html_url,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
  }
}
