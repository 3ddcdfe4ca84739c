import * as z from 'zod'
import type {ForgeReading, GateReview} from '../../model/landing/gate/reading.ts'
import type {GithubClient} from '../client/client.ts'
import {readPull} from '../pulls.ts'
import {readRepository} from '../repository.ts'
import {ASSOCIATIONS, accountName} from '../shapes.ts'

const reviewShape = z.object({
  user: accountName,
  author_association: z.enum(ASSOCIATIONS).catch('NONE'),
  state: z.string(),
  body: z.string().nullish(),
  commit_id: z.string().nullish(),
})
const stateShape = z.object({
  mergeable_state: z.string().nullish(),
  labels: z.array(z.object({name: z.string()})).nullish(),
})
const branchShape = z.object({
  protection: z.object({required_status_checks: z.object({contexts: z.array(z.string())}).nullish()}).nullish(),
})

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}'

/**
 * What a server without GraphQL tells of a pull request. It does not tell of conversations and code owners; where those
 * count, its `mergeable_state` says that the pull request is blocked.
 */
export async function readGateByRest(
  client: GithubClient,
  number: number,
): Promise<Omit<ForgeReading, 'checks' | 'baseChecks' | 'issue'>> {
  const [pull, {mergeable_state: mergeState, labels}, reviews, {defaultBranch, isPrivate}] = await Promise.all([
    readPull(client, number),
    client.request(`GET ${PULL}`, {pull_number: number}, stateShape),
    client.list(`GET ${PULL}/reviews`, {pull_number: number}, reviewShape),
    readRepository(client),
  ])
  const {protection} = await client.request(
    'GET /repos/{owner}/{repo}/branches/{branch}',
    {branch: pull.base.branch},
    branchShape,
  )
  return {
    pull,
    labels: labels?.map(({name}) => name) ?? [],
    mergeState: mergeState ?? null,
    reviews: verdicts(reviews),
    reviewDecision: null,
    conversations: 0,
    queue: null,
    autoMerge: null,
    isPrivate,
    defaultBranch,
    rules: {
      requiredChecks: protection?.required_status_checks?.contexts ?? [],
      approvals: 0,
      codeOwners: false,
      conversations: false,
      mergeQueue: false,
    },
  }
}

/** Each reviewer's last verdict; a comment is no verdict, and a dismissed one is taken back. */
function verdicts(reviews: readonly z.infer<typeof reviewShape>[]): GateReview[] {
  const last = new Map<string, z.infer<typeof reviewShape>>()
  for (const review of reviews) {
    if (['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'].includes(review.state)) last.set(review.user, review)
  }
  return [...last.values()]
    .filter(({state}) => state !== 'DISMISSED')
    .map(({user, author_association, state, body, commit_id}) => ({
      by: user,
      association: author_association,
      mayPush: null,
      state: state === 'APPROVED' ? 'approved' : 'changes',
      commit: commit_id ?? '',
      body: body ?? '',
    }))
}
