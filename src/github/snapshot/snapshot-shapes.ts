import * as z from 'zod'
import type {Review} from '../../model/data/discussion.ts'
import type {Issue} from '../../model/data/issue.ts'
import {sameName} from '../../model/data/names.ts'
import type {Checks, Pull} from '../../model/data/pull.ts'
import {ASSOCIATIONS, DELETED_ACCOUNT, headOf, headShape, time} from '../shapes.ts'

/** Fields of things that may be elsewhere, where the token need not see them; what is of this repository it does see. */
export const ELSEWHERE = ['parent', 'blockedBy', 'closingIssuesReferences', 'projectItems']

const nodes = <Node extends z.ZodType>(node: Node) => z.object({nodes: z.array(node)})
const pageInfo = z.object({hasNextPage: z.boolean(), endCursor: z.string().nullable()})
const count = z.object({totalCount: z.number()})
const place = z.object({number: z.number(), repository: z.object({nameWithOwner: z.string()})})
/** null: it is out of the token's sight, in another repository. */
const places = nodes(place.nullable())

/** GraphQL leaves out what REST and people write behind a bot's name. */
const author = z
  .object({__typename: z.string(), login: z.string()})
  .nullable()
  .transform(account => {
    if (account === null) return DELETED_ACCOUNT
    return account.__typename === 'Bot' ? `${account.login}[bot]` : account.login
  })

const issueShape = z.object({
  id: z.string(),
  number: z.number(),
  title: z.string(),
  body: z.string(),
  state: z.enum(['OPEN', 'CLOSED']),
  url: z.string(),
  createdAt: time,
  updatedAt: time,
  lastEditedAt: time.nullable(),
  authorAssociation: z.enum(ASSOCIATIONS).catch('NONE'),
  author,
  labels: nodes(z.object({name: z.string()})).nullable(),
  assignees: nodes(z.object({login: z.string()})),
  parent: place.nullish(),
  issueDependenciesSummary: z.object({blockedBy: z.number()}).exactOptional(),
  projectItems: nodes(
    z
      .object({
        project: z.object({id: z.string(), number: z.number()}),
        fieldValueByName: z.object({name: z.string().nullish()}).nullable(),
      })
      // On a board that the token may not see.
      .nullable(),
  ).nullish(),
})
type RawIssue = z.infer<typeof issueShape>

export const issuesShape = z.object({
  repository: z.object({
    id: z.string(),
    nameWithOwner: z.string(),
    hasIssuesEnabled: z.boolean(),
    open: count,
    newest: nodes(z.object({updatedAt: time})),
    labels: nodes(z.object({id: z.string(), name: z.string()})).nullable(),
    issues: z.object({pageInfo, nodes: z.array(issueShape)}),
  }),
})
export type IssuesPage = z.infer<typeof issuesShape>['repository']

const counts = z.array(z.object({state: z.string(), count: z.number()})).nullable()

const pullShape = z.object({
  number: z.number(),
  title: z.string(),
  url: z.string(),
  isDraft: z.boolean(),
  createdAt: time,
  updatedAt: time,
  ...headShape,
  baseRefName: z.string(),
  baseRefOid: z.string(),
  mergeable: z.string(),
  reviewDecision: z.string().nullable(),
  reviewRequests: count.nullable(),
  latestOpinionatedReviews: nodes(z.object({state: z.string()})).nullable(),
  closingIssuesReferences: places.nullable(),
  statusCheckRollup: z
    .object({contexts: z.object({checkRunCountsByState: counts, statusContextCountsByState: counts})})
    .nullable(),
})
type RawPull = z.infer<typeof pullShape>

export const pullsShape = z.object({
  repository: z.object({
    nameWithOwner: z.string(),
    pullRequests: z.object({pageInfo, nodes: z.array(pullShape)}),
  }),
})

const fields = z.object({fields: z.array(z.object({name: z.string()}))}).nullable()
export const fieldsShape = z.object({issue: fields, pull: fields})

export const blockersShape = nodes(z.object({id: z.string(), blockedBy: places}))

const happening = z.discriminatedUnion('__typename', [
  z.object({
    __typename: z.literal('LabeledEvent'),
    createdAt: time,
    actor: z.object({__typename: z.string(), login: z.string()}).nullable(),
    label: z.object({name: z.string()}),
  }),
  z.object({__typename: z.literal('RenamedTitleEvent'), createdAt: time}),
])
export const approvalsShape = nodes(
  z.object({
    id: z.string(),
    author: z.object({login: z.string()}).nullable(),
    timelineItems: nodes(happening),
  }),
)
export type Approval = z.infer<typeof approvalsShape>['nodes'][number]

/** `board`: node id or number of the board whose Status counts; null: none was asked for. */
export function toIssue(raw: RawIssue, board: string | null): Issue {
  const cards = raw.projectItems?.nodes ?? []
  const onBoard = cards.find(card => card && (card.project.id === board || String(card.project.number) === board))
  // Where a card is hidden, it may be the one on this board.
  const isTold = raw.projectItems != null && (onBoard !== undefined || !cards.includes(null))
  return {
    number: raw.number,
    title: raw.title,
    body: raw.body,
    state: raw.state === 'OPEN' ? 'open' : 'closed',
    labels: raw.labels?.nodes.map(({name}) => name) ?? [],
    author: raw.author,
    association: raw.authorAssociation,
    assignees: raw.assignees.nodes.map(({login}) => login),
    url: raw.url,
    createdAt: raw.createdAt,
    updatedAt: raw.updatedAt,
    editedAt: raw.lastEditedAt,
    ...(isTold ? {board: onBoard?.fieldValueByName?.name ?? null} : {}),
  }
}

/** A pull request as the snapshot gives it. */
export function toPull(raw: RawPull, repository: string): Pull {
  return {
    number: raw.number,
    title: raw.title,
    state: 'open',
    mergeCommit: null,
    head: headOf(raw),
    base: {branch: raw.baseRefName, sha: raw.baseRefOid},
    mergeable: raw.mergeable === 'MERGEABLE' ? 'clean' : raw.mergeable === 'CONFLICTING' ? 'conflict' : 'unknown',
    draft: raw.isDraft,
    review: reviewOf(raw),
    url: raw.url,
    createdAt: raw.createdAt,
    updatedAt: raw.updatedAt,
    checks: checksOf(raw),
    closes: here(raw.closingIssuesReferences?.nodes ?? [], repository),
  }
}

/** Numbers of those that are in this repository. */
export function here(places: readonly (z.infer<typeof place> | null)[], repository: string): number[] {
  return places.flatMap(found => (found && sameName(found.repository.nameWithOwner, repository) ? found.number : []))
}

/** GitHub's own word counts first; where no rule asks for reviews it has none. */
function reviewOf({reviewDecision, latestOpinionatedReviews, reviewRequests}: RawPull): Review {
  const said = [reviewDecision, ...(latestOpinionatedReviews?.nodes ?? []).map(({state}) => state)]
  if (said.includes('CHANGES_REQUESTED')) return 'changes'
  if (reviewDecision === 'APPROVED') return 'approved'
  if ((reviewRequests?.totalCount ?? 0) > 0) return 'requested'
  // Where more approvals are wanted than there are, it is not approved.
  return reviewDecision === null && said.includes('APPROVED') ? 'approved' : 'none'
}

const PASSED = ['SUCCESS', 'NEUTRAL', 'SKIPPED']
const WAITING = ['PENDING', 'QUEUED', 'IN_PROGRESS', 'WAITING', 'REQUESTED', 'EXPECTED']

function checksOf({headRefOid: sha, statusCheckRollup}: RawPull): Checks {
  const {checkRunCountsByState, statusContextCountsByState} = statusCheckRollup?.contexts ?? {}
  const all = [...(checkRunCountsByState ?? []), ...(statusContextCountsByState ?? [])]
  const sum = (which: (state: string) => boolean) =>
    all.reduce((total, {state, count}) => total + (which(state) ? count : 0), 0)
  const total = sum(() => true)
  const done = total - sum(state => WAITING.includes(state))
  // A state that we do not know has not passed.
  const failed = sum(state => !PASSED.includes(state) && !WAITING.includes(state)) > 0
  const state = total === 0 ? 'none' : failed ? 'failed' : done < total ? 'pending' : 'passed'
  return {sha, state, total, done}
}
