import * as z from 'zod'
import type {MergeOutcome} from '../../model/gateways/github.ts'
import type {LandingLock} from '../../model/gateways/landing-lock.ts'
import type {MergeMethod} from '../../model/landing/merge-method.ts'
import type {GithubClient} from '../client/client.ts'
import {isUnclear, reasonOf, statusOf} from '../client/errors.ts'
import {readPull} from '../pulls.ts'

type MergeOptions = {
  pull: number
  /** The tested commit; GitHub merges nothing else. */
  sha: string
  method: MergeMethod
  title: string
  /** The message below the title; without one GitHub would make it of the commits' own. */
  text: string
  /** The proof that this daemon may merge; it is not sent. */
  lock: LandingLock
}

/** Several rules may be named. */
const REASON_LENGTH = 2000

const mergeShape = z.object({sha: z.string(), merged: z.boolean()})

/**
 * Merges by `sha`, sent once. A refusal (405, 409, 422) or an unclear answer is settled by reading the pull request:
 * a merge of this very commit counts as ours, even if its answer was lost. Throws the unclear failure when nothing shows
 * the merge.
 */
export async function merge(client: GithubClient, options: MergeOptions): Promise<MergeOutcome> {
  const {pull, sha, method, title, text} = options
  try {
    const answer = await client.requestOnce(
      'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
      {pull_number: pull, sha, merge_method: method, commit_title: title, commit_message: text},
      mergeShape,
    )
    return {state: 'merged', commit: answer.sha}
  } catch (error) {
    const status = statusOf(error)
    if (!isUnclear(error) && status !== 405 && status !== 409 && status !== 422) throw error
    const found = await readPull(client, pull)
    if (found.state === 'merged' && found.head.sha === sha && found.mergeCommit !== null) {
      return {state: 'merged', commit: found.mergeCommit}
    }
    // GitHub may have merged it and not show it yet: the next attempt looks first.
    if (isUnclear(error)) throw error
    if (status === 409) return {state: 'head-moved'}
    return {state: 'refused', reason: reasonOf(error, REASON_LENGTH)}
  }
}
