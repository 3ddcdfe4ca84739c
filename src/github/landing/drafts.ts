import * as z from 'zod'
import {hasCode} from '../../base/errors.ts'
import type {Pull} from '../../model/data/pull.ts'
import type {GithubClient} from '../client/client.ts'
import {reasonOf, statusOf} from '../client/errors.ts'
import {ensurePull, readPull} from '../pulls.ts'
import {anything} from '../shapes.ts'

const FIND = `query pullId($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) { pullRequest(number: $number) { id } }
}`
const CONVERT = `mutation convertToDraft($pull: ID!) {
  convertPullRequestToDraft(input: {pullRequestId: $pull}) { pullRequest { isDraft } }
}`
const foundShape = z.object({repository: z.object({pullRequest: z.object({id: z.string()})})})

/** The open pull request of a branch as a draft; where the repository has none, as any other. */
export async function ensureDraft(
  client: GithubClient,
  options: {branch: string; base: string; title: string; body: string},
): Promise<Pull> {
  const pull = await opened(client, options)
  if (pull.draft) return pull
  try {
    const {repository} = await client.graphql(FIND, {number: pull.number}, foundShape)
    await client.graphql(CONVERT, {pull: repository.pullRequest.id}, anything)
  } catch (error) {
    if (!hasCode(error, 'github-refused')) throw error
  }
  // Whatever the answer, what it is now counts.
  return readPull(client, pull.number)
}

async function opened(client: GithubClient, options: Parameters<typeof ensurePull>[1]): Promise<Pull> {
  try {
    return await ensurePull(client, {...options, draft: true})
  } catch (error) {
    if (statusOf(error) !== 422 || !/\bdraft\b/i.test(reasonOf(error))) throw error
    return ensurePull(client, options)
  }
}
