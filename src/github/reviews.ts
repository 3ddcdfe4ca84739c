import * as z from 'zod'
import type {Review} from '../model/data/discussion.ts'
import type {GithubClient} from './client/client.ts'
import {accountName} from './shapes.ts'

const reviewShape = z.object({user: accountName, state: z.string()})
const askedShape = z.object({users: z.array(z.unknown()).default([]), teams: z.array(z.unknown()).default([])})

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}'

/** What reviewers say of a pull request, as GitHub's own rules count it. Two requests. */
export async function readReview(client: GithubClient, pull: number): Promise<Review> {
  const [reviews, asked] = await Promise.all([
    client.list(`GET ${PULL}/reviews`, {pull_number: pull}, reviewShape),
    client.request(`GET ${PULL}/requested_reviewers`, {pull_number: pull}, askedShape),
  ])
  return foldReviews(reviews, asked.users.length + asked.teams.length > 0)
}

/** Each reviewer's last verdict counts; a comment is no verdict, and a dismissed one is taken back. */
function foldReviews(reviews: readonly z.infer<typeof reviewShape>[], isAsked: boolean): Review {
  const verdicts = new Map<string, string>()
  for (const {user, state} of reviews) {
    if (['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'].includes(state)) verdicts.set(user, state)
  }
  const said = [...verdicts.values()]
  if (said.includes('CHANGES_REQUESTED')) return 'changes'
  if (said.includes('APPROVED')) return 'approved'
  return isAsked ? 'requested' : 'none'
}
