import * as z from 'zod'
import {hasCode} from '../../base/errors.ts'
import {redact} from '../../base/redact.ts'
import type {AutoMergeOutcome, AutoMergeRequest} from '../../model/gateways/github.ts'
import type {GithubClient} from '../client/client.ts'
import {anything} from '../shapes.ts'

const FIND = `query autoMerge($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) { id state autoMergeRequest { mergeMethod } }
  }
}`
const ENABLE = `mutation enableAutoMerge($pull: ID!, $head: GitObjectID!, $how: PullRequestMergeMethod!, $title: String!, $text: String!) {
  enablePullRequestAutoMerge(input: {
    pullRequestId: $pull, expectedHeadOid: $head, mergeMethod: $how, commitHeadline: $title, commitBody: $text
  }) { pullRequest { id } }
}`
const DISABLE = `mutation disableAutoMerge($pull: ID!) {
  disablePullRequestAutoMerge(input: {pullRequestId: $pull}) { pullRequest { id } }
}`

const foundShape = z.object({
  repository: z.object({
    pullRequest: z.object({
      id: z.string(),
      state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
      autoMergeRequest: z.object({mergeMethod: z.string()}).nullable(),
    }),
  }),
})

/**
 * Lets GitHub merge exactly this head once all that main demands is there, or (`on` null) no longer. Whatever the answer,
 * what the pull request shows afterwards counts.
 */
export async function setAutoMerge(
  client: GithubClient,
  {pull: number, on}: AutoMergeRequest,
): Promise<AutoMergeOutcome> {
  const find = async () => (await client.graphql(FIND, {number}, foundShape)).repository.pullRequest
  const isDone = ({state, autoMergeRequest}: Awaited<ReturnType<typeof find>>) =>
    state === 'OPEN' && (autoMergeRequest !== null) === (on !== null)
  const found = await find()
  if (found.state !== 'OPEN') return {state: found.state === 'MERGED' ? 'merged' : 'off'}
  if (on === null && found.autoMergeRequest === null) return {state: 'off'}
  try {
    if (on === null) await client.graphql(DISABLE, {pull: found.id}, anything)
    else {
      const words = {title: redact(on.title), text: redact(on.text)}
      const asked = {pull: found.id, head: on.sha, how: on.method.toUpperCase(), ...words}
      await client.graphql(ENABLE, asked, anything)
    }
    return {state: on === null ? 'off' : 'on'}
  } catch (error) {
    const after = await find()
    if (after.state === 'MERGED') return {state: 'merged'}
    if (isDone(after)) return {state: on === null ? 'off' : 'on'}
    if (on === null || !hasCode(error, 'github-refused')) throw error
    return {state: 'refused', reason: error.message}
  }
}
