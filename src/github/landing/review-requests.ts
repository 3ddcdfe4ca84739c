import * as z from 'zod'
import {hasCode} from '../../base/errors.ts'
import type {AskedReviewers, ReviewRequest} from '../../model/gateways/github.ts'
import type {GithubClient} from '../client/client.ts'
import {reasonOf} from '../client/errors.ts'
import {anything} from '../shapes.ts'

const REQUESTS = '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers'
const REVIEWS = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews'

const requestsShape = z.object({
  users: z.array(z.object({login: z.string()})),
  teams: z.array(z.object({slug: z.string()})).default([]),
})
const reviewShape = z.object({
  user: z.object({login: z.string()}).nullable(),
  state: z.string(),
  commit_id: z.string().nullish(),
})

/** What GitHub says of one who cannot be asked. Any other failure may pass, and is tried again. */
const REFUSALS = ['github-refused', 'github-not-found', 'github-forbidden'] as const

/** `team`: null for a login. */
type Reviewer = {name: string; login: string | null; team: string | null}

/**
 * Asks for reviews of a head. Who is asked already, or has reviewed this very head, is not asked again: each request
 * sends a mail. Gives who was asked now, and whom GitHub does not ask.
 */
export async function requestReviews(
  client: GithubClient,
  {pull, head, reviewers}: ReviewRequest,
): Promise<AskedReviewers> {
  const {users, teams} = await client.request(`GET ${REQUESTS}`, {pull_number: pull}, requestsShape)
  const reviews = await client.list(REVIEWS, {pull_number: pull}, reviewShape)
  const asked = [...users.map(({login}) => login), ...teams.map(({slug}) => slug)].map(lower)
  const done = reviews
    .filter(({state, commit_id}) => commit_id === head && state !== 'PENDING')
    .map(({user}) => lower(user?.login ?? ''))
  const isMissing = ({login, team}: Reviewer) =>
    // GitHub does not say for which team a member reviewed, so any review of the head counts for all teams.
    !asked.includes(lower(login ?? team ?? '')) && (login === null ? done.length === 0 : !done.includes(lower(login)))
  const missing = reviewers.map(reviewerOf).filter(isMissing)
  if (missing.length === 0) return {asked: [], refused: []}
  const all = await ask(client, pull, missing)
  if (all === null || missing.length === 1) return answerOf(missing.map(one => [one, all]))
  // One who is unknown makes GitHub refuse all of them.
  const each: [Reviewer, string | null][] = []
  for (const one of missing) each.push([one, await ask(client, pull, [one])])
  return answerOf(each)
}

function answerOf(answers: readonly (readonly [Reviewer, string | null])[]): AskedReviewers {
  return {
    asked: answers.flatMap(([{name}, reason]) => (reason === null ? [name] : [])),
    refused: answers.flatMap(([{name}, reason]) => (reason === null ? [] : [{reviewer: name, reason}])),
  }
}

/** Why GitHub asks none of them; null: it asks all. */
async function ask(client: GithubClient, pull: number, reviewers: readonly Reviewer[]): Promise<string | null> {
  const names = {
    reviewers: reviewers.flatMap(({login}) => login ?? []),
    team_reviewers: reviewers.flatMap(({team}) => team ?? []),
  }
  try {
    await client.request(`POST ${REQUESTS}`, {pull_number: pull, ...names}, anything)
    return null
  } catch (error) {
    if (!REFUSALS.some(code => hasCode(error, code))) throw error
    return reasonOf(error)
  }
}

function reviewerOf(name: string): Reviewer {
  const slash = name.indexOf('/')
  return slash < 0 ? {name, login: name, team: null} : {name, login: null, team: name.slice(slash + 1)}
}

function lower(text: string): string {
  return text.toLowerCase()
}
