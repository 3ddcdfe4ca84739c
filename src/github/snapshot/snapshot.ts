import type {Clock} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {Issue} from '../../model/data/issue.ts'
import type {Pull} from '../../model/data/pull.ts'
import type {Snapshot} from '../../model/gateways/github.ts'
import type {GithubClient} from '../client/client.ts'
import {issuesOff, otherRepository} from '../client/errors.ts'
import {openIssues} from '../issues.ts'
import {openPulls} from '../pulls.ts'
import {type Gate, withDetails} from './details.ts'
import {findFeatures, isUnknownField} from './features.ts'
import {type Entry, issuesOf, type Known, takeAll, takeChanges} from './known-issues.ts'
import {changedIssuesQuery, type Features, OPEN_PULLS, openIssuesQuery} from './queries.ts'
import {ELSEWHERE, here, type IssuesPage, issuesShape, pullsShape, toIssue, toPull} from './snapshot-shapes.ts'

/**
 * All is read this often, about 40 points for a thousand issues: board moves and dependencies change no issue, and
 * show only then.
 */
const ALL_EVERY_MS = 10 * 60_000
/** With more pages of changes than this, reading all costs no more. */
const CHANGED_PAGES = 2

export type SnapshotOptions = {
  /** Node id of the board whose Status is read; null: none. */
  board: string | null
  /** Which issues need somebody's approval; null: none. */
  gate: Gate | null
}

/**
 * Reads all open issues and pull requests: by GraphQL whole at first and every ten minutes, else only what changed;
 * pull requests always, as their checks and mergeability change without a trace. Branches come from git: a fetch
 * spends no call. A server without GraphQL is read by REST, issues and pull requests alone.
 */
export function createSnapshots(
  client: GithubClient,
  options: SnapshotOptions & {clock: Clock; log: Log},
): () => Promise<Snapshot> {
  const {board, gate, clock, log} = options
  /** null: read by REST. */
  let features: Features | null | undefined
  let askedAt = 0
  /** The repository that was read first: once it was renamed, another one can be made under its name. */
  let repositoryId: string | null = null
  let known: Known | null = null
  let readAllAt = 0
  /** By which label and apps the known approvals were given. */
  let approvedBy = approvers()

  function approvers(): string {
    return JSON.stringify(gate && [gate.label, gate.trusted])
  }

  async function byRest(): Promise<Snapshot> {
    const [issues, pulls] = await Promise.all([openIssues(client), openPulls(client)])
    return {issues, pulls}
  }

  async function pages<Page>(ask: (after: string | null) => Promise<{page: Page; next: string | null}>, most?: number) {
    const found: Page[] = []
    for (let after: string | null = null; ; ) {
      const {page, next} = await ask(after)
      found.push(page)
      if (next === null) return found
      if (found.length === most) return null
      after = next
    }
  }

  /** null: more than `most` pages. */
  async function readIssues(document: string, variables: {since?: string}, most?: number) {
    const found = await pages(async after => {
      const {repository: page} = await client.graphql(document, {after, ...variables}, issuesShape, ELSEWHERE)
      repositoryId ??= page.id
      if (page.id !== repositoryId) throw otherRepository(client.slug)
      // It would list none, as if all were done.
      if (!page.hasIssuesEnabled) throw issuesOff(client.slug)
      return {page, next: nextOf(page.issues.pageInfo)}
    }, most)
    if (found === null) return null
    const [first, last] = [found[0]!, found.at(-1)!]
    return {
      entries: found.flatMap(page => page.issues.nodes.map(raw => entryOf(raw, page.nameWithOwner, board))),
      open: last.open.totalCount,
      newest: first.newest.nodes[0]?.updatedAt ?? null,
      labels: new Map((first.labels?.nodes ?? []).map(({id, name}) => [id, name])),
      repository: first.nameWithOwner,
    }
  }

  async function readPulls(): Promise<Pull[]> {
    const found = await pages(async after => {
      const {repository: page} = await client.graphql(OPEN_PULLS, {after}, pullsShape, ELSEWHERE)
      return {page, next: nextOf(page.pullRequests.pageInfo)}
    })
    return found!.flatMap(({nameWithOwner, pullRequests}) => pullRequests.nodes.map(raw => toPull(raw, nameWithOwner)))
  }

  async function readChanges(before: Known, having: Features, at: number): Promise<Known | null> {
    const since = new Date(before.from).toISOString()
    const seen = await readIssues(changedIssuesQuery(having), {since}, CHANGED_PAGES)
    if (seen === null) return null
    const entries = await withDetails(client, {...seen, gate, features: having, before: before.entries})
    const next = takeChanges(before, {...seen, entries}, at)
    if (next === null) log.info('issues changed without an entry in the list of changes; all are read')
    return next
  }

  async function readAll(having: Features, at: number): Promise<Known> {
    const seen = (await readIssues(openIssuesQuery(having), {}))!
    return takeAll(known, {...seen, entries: await withDetails(client, {...seen, gate, features: having})}, at)
  }

  async function byGraphql(having: Features): Promise<Snapshot> {
    const startedAt = clock.monotonic()
    if (approvers() !== approvedBy) known = null
    approvedBy = approvers()
    const isDue = known === null || startedAt - readAllAt >= ALL_EVERY_MS
    let all = isDue
    const issues = async () => {
      const changed = isDue || known === null ? null : await readChanges(known, having, startedAt)
      all = changed === null
      return changed ?? readAll(having, startedAt)
    }
    const [next, pulls] = await Promise.all([issues(), readPulls()])
    // Only what was read to its end counts.
    known = next
    if (all) readAllAt = startedAt
    return {issues: issuesOf(next), pulls}
  }

  return async () => {
    // What made it read by REST alone may be over: a permission, or another server's answer.
    const isOld = features === null && clock.monotonic() - askedAt >= ALL_EVERY_MS
    if (features === undefined || isOld) {
      features = await findFeatures(client, {board: board !== null, log})
      askedAt = clock.monotonic()
    }
    if (features === null) return byRest()
    try {
      return await byGraphql(features)
    } catch (error) {
      if (!(error instanceof ClambakeError)) throw error
      if (features.board && error.code === 'github-forbidden') {
        const without = {...features, board: false}
        // Logged once: later answers are the same. What was to be seen before may come back.
        if (known === null) {
          log.warn('the board cannot be read', {error: error.toJSON()})
          features = without
        }
        return byGraphql(without)
      }
      if (known !== null || !isUnknownField(error)) throw error
      log.warn('GitHub is read by REST alone', {error: error.toJSON()})
      features = null
      askedAt = clock.monotonic()
      return byRest()
    }
  }
}

function nextOf({hasNextPage, endCursor}: {hasNextPage: boolean; endCursor: string | null}): string | null {
  return hasNextPage ? endCursor : null
}

type RawIssue = IssuesPage['issues']['nodes'][number]

function entryOf(raw: RawIssue, repository: string, board: string | null): Entry {
  const issue: Issue = toIssue(raw, board)
  return {
    id: raw.id,
    issue,
    parent: raw.parent === undefined ? undefined : ((raw.parent && here([raw.parent], repository)[0]) ?? null),
    waits: raw.issueDependenciesSummary?.blockedBy ?? 0,
    blockers: undefined,
  }
}
