import * as z from 'zod'
import {redact} from '../base/redact.ts'
import type {Pull} from '../model/data/pull.ts'
import type {GithubClient} from './client/client.ts'
import {isUnclear, reasonOf, statusOf} from './client/errors.ts'
import {fitBody} from './fit.ts'
import {headBranch, time} from './shapes.ts'

const side = z.object({
  ref: z.string(),
  sha: z.string(),
  label: z.string().nullish(),
  /** null: a fork that was deleted. */
  repo: z.object({id: z.number()}).nullish(),
})

const pullShape = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: time.nullish(),
  merge_commit_sha: z.string().nullish(),
  head: side,
  base: side,
  /** Absent in lists; null while GitHub still tries. */
  mergeable: z.boolean().nullish(),
  draft: z.boolean().nullish(),
  requested_reviewers: z.array(z.unknown()).nullish(),
  requested_teams: z.array(z.unknown()).nullish(),
  html_url: z.string(),
  created_at: time,
  updated_at: time,
})
type RawPull = z.infer<typeof pullShape>

const PULLS = '/repos/{owner}/{repo}/pulls'
/** Whose branch it is of which GitHub says that it has a pull request. */
const OWNER_OF_PULL = /already exists for ([\w.-]+):/i
/** Items of a page, and pages of closed pull requests that are read. */
const PAGE = 100
const CLOSED_PAGES = 3

/** All open pull requests; lists do not say whether one is mergeable. */
export async function openPulls(client: GithubClient): Promise<Pull[]> {
  return (await client.list(`GET ${PULLS}`, {state: 'open'}, pullShape)).map(toPull)
}

/** Pull requests that were closed or merged, those changed last first; so many that one look stays cheap. */
export async function closedPulls(client: GithubClient): Promise<Pull[]> {
  const found: Pull[] = []
  for (let page = 1; page <= CLOSED_PAGES; page++) {
    const params = {state: 'closed', sort: 'updated', direction: 'desc', per_page: PAGE, page}
    const pulls = await client.request(`GET ${PULLS}`, params, z.array(pullShape))
    found.push(...pulls.map(toPull))
    if (pulls.length < PAGE) break
  }
  return found
}

/** Closes a pull request without a merge, or opens it again. Throws `github-refused` for one that cannot be. */
export async function ensurePullState(client: GithubClient, number: number, state: 'open' | 'closed'): Promise<Pull> {
  const pull = await readPull(client, number)
  if (pull.state === 'merged' || pull.state === state) return pull
  return toPull(await client.request(`PATCH ${PULLS}/{pull_number}`, {pull_number: number, state}, pullShape))
}

/** Reads one pull request. */
export async function readPull(client: GithubClient, number: number): Promise<Pull> {
  return toPull(await client.request(`GET ${PULLS}/{pull_number}`, {pull_number: number}, pullShape))
}

/** The newest pull request with this head branch of our own repository, open ones first. */
export async function pullOfBranch(client: GithubClient, branch: string): Promise<Pull | null> {
  const raw = await newestOfBranch(client, branch)
  return raw ? toPull(raw) : null
}

/**
 * The open pull request of the branch: found, its body brought up to date, or opened. The title is left as people
 * may have changed it, but for one that `isOurs`. After an unclear answer it is looked for again, so that there is never
 * a second one.
 */
export async function ensurePull(
  client: GithubClient,
  options: {
    branch: string
    base: string
    title: string
    body: string
    draft?: boolean
    /** Whether a title was made by us; default: none, as what it says stays true. */
    isOurs?: (title: string) => boolean
  },
): Promise<Pull> {
  const {branch, base, title, draft = false, isOurs = () => false} = options
  // As it is sent, or it would differ from what is there for ever.
  const body = fitBody(redact(options.body))
  const update = (pull: RawPull) => updated(client, pull, {body, ...(isOurs(pull.title) && {title})})
  const found = await openOfBranch(client, branch)
  if (found) return update(found)
  try {
    return toPull(
      await client.requestOnce(`POST ${PULLS}`, {head: branch, base, title, body, ...(draft && {draft})}, pullShape),
    )
  } catch (error) {
    // A list that was behind did not show the one that GitHub now speaks of.
    const isThere = statusOf(error) === 422 && /already exists/i.test(reasonOf(error))
    if (!isUnclear(error) && !isThere) throw error
    // In a repository that was transferred, GitHub finds branches by its new owner alone.
    const owner = isThere ? OWNER_OF_PULL.exec(reasonOf(error))?.[1] : undefined
    const made = await client.lookAgain(() => openOfBranch(client, branch, owner))
    if (made === undefined) throw error
    return update(made)
  }
}

async function updated(client: GithubClient, pull: RawPull, wanted: {body: string; title?: string}): Promise<Pull> {
  const {body, title = pull.title} = wanted
  const change = {
    ...(!sameText(pull.body ?? '', body) && {body}),
    ...(pull.title !== title && {title}),
  }
  if (Object.keys(change).length === 0) return toPull(pull)
  return toPull(await client.request(`PATCH ${PULLS}/{pull_number}`, {pull_number: pull.number, ...change}, pullShape))
}

/** GitHub may give line ends back as CRLF. */
function sameText(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n').trimEnd() === other.replaceAll('\r\n', '\n').trimEnd()
}

async function openOfBranch(client: GithubClient, branch: string, owner?: string): Promise<RawPull | undefined> {
  const newest = await newestOfBranch(client, branch, owner)
  return newest?.state === 'open' ? newest : undefined
}

async function newestOfBranch(
  client: GithubClient,
  branch: string,
  owner = client.owner,
): Promise<RawPull | undefined> {
  const all = await client.list(
    `GET ${PULLS}`,
    {state: 'all', head: `${owner}:${branch}`, sort: 'created', direction: 'desc'},
    pullShape,
  )
  // A server that does not know the filter answers with everything.
  const own = all.filter(pull => headBranch(sidesOf(pull)) === branch)
  return own.find(pull => pull.state === 'open') ?? own[0]
}

function sidesOf({head, base}: RawPull): Parameters<typeof headBranch>[0] {
  return {branch: head.ref, isOwn: head.repo?.id === base.repo?.id, owner: head.label?.split(':')[0]}
}

function toPull(raw: RawPull): Pull {
  const isMerged = raw.merged_at !== undefined && raw.merged_at !== null
  return {
    number: raw.number,
    title: raw.title,
    state: isMerged ? 'merged' : raw.state,
    mergeCommit: isMerged ? (raw.merge_commit_sha ?? null) : null,
    head: {branch: headBranch(sidesOf(raw)), sha: raw.head.sha},
    base: {branch: raw.base.ref, sha: raw.base.sha},
    mergeable: raw.mergeable === true ? 'clean' : raw.mergeable === false ? 'conflict' : 'unknown',
    draft: raw.draft ?? false,
    review: raw.requested_reviewers?.length || raw.requested_teams?.length ? 'requested' : 'unknown',
    url: raw.html_url,
    createdAt: raw.created_at,
    updatedAt: raw.updated_at,
    checks: null,
  }
}
