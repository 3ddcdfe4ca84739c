import * as z from 'zod'
import type {ForgeReading, GateReview} from '../../model/landing/gate/reading.ts'
import type {GithubClient} from '../client/client.ts'
import {ASSOCIATIONS, DELETED_ACCOUNT, HEAD, headOf, headShape, time} from '../shapes.ts'

/** GitHub's most for one page. */
const PAGE = 100

const REVIEWS = `latestOpinionatedReviews(first: ${PAGE}, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { state body author { login } authorAssociation authorCanPushToRepository commit { oid } }
      }`
const THREADS = `reviewThreads(first: ${PAGE}, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          isResolved path line
          comments(first: ${PAGE}) { nodes { body author { login } authorAssociation } }
        }
      }`

/** Of these the last one tells whether the merge queue gave up the present head. */
const QUEUE_EVENTS =
  'ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT, PULL_REQUEST_COMMIT, HEAD_REF_FORCE_PUSHED_EVENT'

const GATE_PULL = `query gatePull($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    isPrivate
    defaultBranchRef { name }
    mergeQueue { id }
    pullRequest(number: $number) {
      number title url state isDraft createdAt updatedAt
      ${HEAD} baseRefName baseRefOid
      mergeable mergeStateStatus reviewDecision
      mergeCommit { oid }
      labels(first: ${PAGE}) { nodes { name } pageInfo { hasNextPage } }
      reviewRequests(first: 1) { totalCount }
      mergeQueueEntry { position }
      autoMergeRequest { mergeMethod }
      timelineItems(last: 1, itemTypes: [${QUEUE_EVENTS}]) {
        nodes { __typename ... on RemovedFromMergeQueueEvent { reason } }
      }
      baseRef { target { oid } refUpdateRule {
        requiredApprovingReviewCount requiredStatusCheckContexts requiresCodeOwnerReviews requiresConversationResolution
      } }
      ${REVIEWS}
      ${THREADS}
    }
  }
}`

const page = (
  name: string,
  list: string,
) => `query ${name}($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) { ${list} } }
}`

const account = z
  .object({login: z.string()})
  .nullable()
  .transform(value => value?.login ?? DELETED_ACCOUNT)
const association = z.enum(ASSOCIATIONS).catch('NONE')
const pageInfo = z.object({hasNextPage: z.boolean(), endCursor: z.string().nullable()})

const pullShape = z.object({
  number: z.number(),
  title: z.string(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  isDraft: z.boolean(),
  createdAt: time,
  updatedAt: time,
  ...headShape,
  baseRefName: z.string(),
  baseRefOid: z.string(),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
  reviewDecision: z.string().nullable(),
  mergeCommit: z.object({oid: z.string()}).nullable(),
  labels: z
    .object({nodes: z.array(z.object({name: z.string()})), pageInfo: z.object({hasNextPage: z.boolean()})})
    .nullable(),
  reviewRequests: z.object({totalCount: z.number()}).nullable(),
  mergeQueueEntry: z.object({position: z.number()}).nullable(),
  autoMergeRequest: z.object({mergeMethod: z.string()}).nullable(),
  timelineItems: z.object({
    nodes: z.array(z.object({__typename: z.string(), reason: z.string().nullish()}).nullable()).nullable(),
  }),
  baseRef: z
    .object({
      target: z.object({oid: z.string()}).nullable(),
      refUpdateRule: z
        .object({
          requiredApprovingReviewCount: z.number().nullable(),
          requiredStatusCheckContexts: z.array(z.string().nullable()).nullable(),
          requiresCodeOwnerReviews: z.boolean(),
          requiresConversationResolution: z.boolean(),
        })
        .nullable(),
    })
    .nullable(),
})
type RawPull = z.infer<typeof pullShape>

const reviewShape = z.object({
  state: z.string(),
  body: z.string(),
  author: account,
  authorAssociation: association,
  authorCanPushToRepository: z.boolean(),
  commit: z.object({oid: z.string()}).nullable(),
})
const threadShape = z.object({
  isResolved: z.boolean(),
  path: z.string(),
  line: z.number().nullable(),
  comments: z.object({
    nodes: z.array(z.object({body: z.string(), author: account, authorAssociation: association})),
  }),
})
type RawThread = z.infer<typeof threadShape>

const pageOf = <Node extends z.ZodType>(node: Node) => z.object({pageInfo, nodes: z.array(node)}).nullable()
const reviewsShape = z.object({latestOpinionatedReviews: pageOf(reviewShape)})
const threadsShape = z.object({reviewThreads: pageOf(threadShape)})

const repositoryShape = z.object({
  repository: z.object({
    isPrivate: z.boolean(),
    defaultBranchRef: z.object({name: z.string()}).nullable(),
    mergeQueue: z.object({id: z.string()}).nullable(),
    pullRequest: z.object({...pullShape.shape, ...reviewsShape.shape, ...threadsShape.shape}),
  }),
})
const reviewsPageShape = z.object({repository: z.object({pullRequest: reviewsShape})})
const threadsPageShape = z.object({repository: z.object({pullRequest: threadsShape})})

type Told = Omit<ForgeReading, 'checks' | 'baseChecks' | 'issue'>

/** What GraphQL tells of a pull request, its reviews and conversations to their last page. */
export async function readGatePull(client: GithubClient, number: number): Promise<Told> {
  const {repository} = await client.graphql(GATE_PULL, {number, after: null}, repositoryShape)
  const {pullRequest: raw, defaultBranchRef, mergeQueue} = repository
  const [reviews, threads] = await Promise.all([
    toLastPage(raw.latestOpinionatedReviews, async after => {
      const query = page('gateReviews', REVIEWS)
      const {repository: more} = await client.graphql(query, {number, after}, reviewsPageShape)
      return more.pullRequest.latestOpinionatedReviews
    }),
    toLastPage(raw.reviewThreads, async after => {
      const query = page('gateThreads', THREADS)
      const {repository: more} = await client.graphql(query, {number, after}, threadsPageShape)
      return more.pullRequest.reviewThreads
    }),
  ])
  const rule = raw.baseRef?.refUpdateRule ?? null
  return {
    pull: toPull(raw),
    labels: labelsOf(raw),
    mergeState: raw.mergeStateStatus.toLowerCase(),
    reviews: reviews.flatMap(review => toReview(review, threads)),
    reviewDecision: decisionOf(raw.reviewDecision),
    conversations: threads.filter(({isResolved}) => !isResolved).length,
    queue: queueOf(raw),
    autoMerge: raw.autoMergeRequest !== null,
    isPrivate: repository.isPrivate,
    defaultBranch: defaultBranchRef?.name ?? '',
    rules: {
      requiredChecks: (rule?.requiredStatusCheckContexts ?? []).filter(name => name !== null),
      approvals: rule?.requiredApprovingReviewCount ?? 0,
      codeOwners: rule?.requiresCodeOwnerReviews ?? false,
      conversations: rule?.requiresConversationResolution ?? false,
      mergeQueue: mergeQueue !== null,
    },
  }
}

function labelsOf({labels}: RawPull): Told['labels'] {
  if (labels === null) return []
  // A label that was not read could be the one that forbids it.
  return labels.pageInfo.hasNextPage ? null : labels.nodes.map(({name}) => name)
}

function queueOf({mergeQueueEntry: entry, timelineItems: {nodes}}: RawPull): Told['queue'] {
  if (entry !== null) return {in: true, place: entry.position}
  const last = nodes?.at(-1)
  if (last?.__typename !== 'RemovedFromMergeQueueEvent') return null
  return {in: false, reason: last.reason ?? 'it says no reason'}
}

type Page<Node> = {pageInfo: z.infer<typeof pageInfo>; nodes: readonly Node[]} | null

/** All nodes of a list whose first page is known. */
async function toLastPage<Node>(
  first: Page<Node>,
  ask: (after: string | null) => Promise<Page<Node>>,
): Promise<Node[]> {
  const found = [...(first?.nodes ?? [])]
  for (let page = first; page?.pageInfo.hasNextPage; ) {
    page = await ask(page.pageInfo.endCursor)
    found.push(...(page?.nodes ?? []))
  }
  return found
}

function toPull(raw: RawPull): Told['pull'] {
  return {
    number: raw.number,
    title: raw.title,
    state: raw.state === 'MERGED' ? 'merged' : raw.state === 'CLOSED' ? 'closed' : 'open',
    mergeCommit: raw.state === 'MERGED' ? (raw.mergeCommit?.oid ?? null) : null,
    head: headOf(raw),
    base: {branch: raw.baseRefName, sha: raw.baseRef?.target?.oid ?? raw.baseRefOid},
    mergeable: raw.mergeable === 'MERGEABLE' ? 'clean' : raw.mergeable === 'CONFLICTING' ? 'conflict' : 'unknown',
    draft: raw.isDraft,
    review: (raw.reviewRequests?.totalCount ?? 0) > 0 ? 'requested' : 'unknown',
    url: raw.url,
    createdAt: raw.createdAt,
    updatedAt: raw.updatedAt,
    checks: null,
  }
}

/** A reviewer's verdict, with what the reviewer wrote on single lines. */
function toReview(
  {state, body, author, authorAssociation, authorCanPushToRepository, commit}: z.infer<typeof reviewShape>,
  threads: readonly RawThread[],
): GateReview[] {
  if (state !== 'APPROVED' && state !== 'CHANGES_REQUESTED') return []
  const lines = threads.flatMap(thread => {
    if (thread.isResolved) return []
    const place = thread.line === null ? thread.path : `${thread.path}:${thread.line}`
    return thread.comments.nodes.filter(one => one.author === author).map(one => `${place}: ${one.body}`)
  })
  return [
    {
      by: author,
      association: authorAssociation,
      mayPush: authorCanPushToRepository,
      state: state === 'APPROVED' ? 'approved' : 'changes',
      commit: commit?.oid ?? '',
      body: [body, ...lines].filter(text => text !== '').join('\n'),
    },
  ]
}

function decisionOf(raw: string | null): Told['reviewDecision'] {
  switch (raw) {
    case 'APPROVED':
      return 'approved'
    case 'CHANGES_REQUESTED':
      return 'changes'
    case null:
      return null
    // Whatever else GitHub comes to say is not an approval.
    default:
      return 'required'
  }
}
