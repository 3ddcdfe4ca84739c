import * as z from 'zod'
import {hasCode} from '../../base/errors.ts'
import type {QueueOutcome} from '../../model/gateways/github.ts'
import type {LandingLock} from '../../model/gateways/landing-lock.ts'
import type {GithubClient} from '../client/client.ts'

const FIND = `query queuedPull($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) { id isInMergeQueue } }
}`
const ENQUEUE = `mutation enqueue($pull: ID!, $head: GitObjectID!) {
  enqueuePullRequest(input: {pullRequestId: $pull, expectedHeadOid: $head}) { mergeQueueEntry { id } }
}`

const foundShape = z.object({
  repository: z.object({pullRequest: z.object({id: z.string(), isInMergeQueue: z.boolean()})}),
})
const enqueuedShape = z.object({
  enqueuePullRequest: z.object({mergeQueueEntry: z.object({id: z.string()}).nullable()}).nullable(),
})

/** Puts a pull request into the merge queue by its head. Whatever the answer, what the queue holds afterwards counts. */
export async function enqueue(
  client: GithubClient,
  {pull: number, sha}: {pull: number; sha: string; lock: LandingLock},
): Promise<QueueOutcome> {
  const find = async () => (await client.graphql(FIND, {number}, foundShape)).repository.pullRequest
  const pull = await find()
  if (pull.isInMergeQueue) return {state: 'queued'}
  try {
    await client.graphql(ENQUEUE, {pull: pull.id, head: sha}, enqueuedShape)
    return {state: 'queued'}
  } catch (error) {
    if ((await find()).isInMergeQueue) return {state: 'queued'}
    if (!hasCode(error, 'github-refused')) throw error
    return {state: 'refused', reason: error.message}
  }
}
