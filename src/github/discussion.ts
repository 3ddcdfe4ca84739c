import * as z from 'zod'
import type {Discussion} from '../model/data/discussion.ts'
import type {GithubClient} from './client/client.ts'
import {isGone} from './client/errors.ts'
import {withoutMarker} from './comments.ts'
import {accountName, issueFields, time} from './shapes.ts'
import {isHere, placeFields} from './transferred.ts'

/** Pages of comments that are read, from the newest: a person reads the end of a long discussion, and more would cost requests. */
const PAGES = 2
const PAGE = 100

const shape = z.object({
  ...issueFields,
  ...placeFields,
  comments: z.number().default(0),
  pull_request: z.object({merged_at: z.string().nullish()}).nullish(),
})

const comment = z.object({user: accountName, created_at: time, body: z.string().nullish()})

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}'

/** An issue or a pull request with its newest comments; null: no such number here. At most four requests. */
export async function readDiscussion(client: GithubClient, number: number): Promise<Discussion | null> {
  try {
    const raw = await client.request(`GET ${ISSUE}`, {issue_number: number}, shape)
    if (!(await isHere(client, raw, number))) return null
    const comments = await newestComments(client, number, raw.comments)
    return {
      number: raw.number,
      title: raw.title,
      author: raw.user,
      state: raw.pull_request?.merged_at ? 'merged' : raw.state,
      labels: raw.labels,
      assignees: raw.assignees ?? [],
      url: raw.html_url,
      createdAt: raw.created_at,
      body: raw.body ?? '',
      comments,
      earlier: Math.max(0, raw.comments - comments.length),
    }
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

async function newestComments(client: GithubClient, number: number, count: number): Promise<Discussion['comments']> {
  const last = Math.ceil(count / PAGE)
  const pages = Array.from({length: PAGES}, (_, back) => last - back).filter(page => page > 0)
  const found = await Promise.all(
    pages
      .reverse()
      .map(page =>
        client.request(`GET ${ISSUE}/comments`, {issue_number: number, per_page: PAGE, page}, z.array(comment)),
      ),
  )
  return found
    .flat()
    .map(({user, created_at, body}) => ({author: user, at: created_at, body: withoutMarker(body ?? '')}))
}
