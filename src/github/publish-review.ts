import * as z from 'zod'
import {count} from '../base/words.ts'
import type {NewReview} from '../model/gateways/github.ts'
import {placeOf} from '../model/review/comments.ts'
import type {GithubClient} from './client/client.ts'
import {isUnclear, reasonOf, statusOf} from './client/errors.ts'
import {markerOf} from './comments.ts'

const shape = z.object({id: z.number(), body: z.string().nullish(), html_url: z.string(), state: z.string()})

const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews'
/** GitHub takes no verdict on the account's own pull request. */
const OWN_PULL = /your own pull request/i

type Published = {url: string; inBody: number; verdict: 'comment' | 'changes'}

/**
 * Writes a review once for each `key`. GitHub refuses the whole review when one comment is on a line beside the diff, and
 * does not say which one; then all comments go into its body.
 */
export async function publishReview(client: GithubClient, review: NewReview): Promise<Published> {
  const {pull, key, comments, commit} = review
  const marker = markerOf(key)
  const isThere = async () => {
    const reviews = await client.list(`GET ${REVIEWS}`, {pull_number: pull}, shape)
    return reviews.find(({body}) => body?.replaceAll('\r\n', '\n').startsWith(marker))
  }
  const found = await isThere()
  if (found) return {url: found.html_url, inBody: 0, verdict: verdictOf(found)}

  async function send(verdict: NewReview['verdict'], inline: NewReview['comments']): Promise<Published> {
    const inBody = comments.filter(comment => !inline.includes(comment))
    try {
      const made = await client.requestOnce(
        `POST ${REVIEWS}`,
        {
          pull_number: pull,
          commit_id: commit,
          event: verdict === 'changes' ? 'REQUEST_CHANGES' : 'COMMENT',
          body: `${marker}\n${bodyOf(comments.length, inBody)}`,
          comments: inline.map(({path, side, from, to, body}) => ({
            path,
            body,
            line: to,
            side: side === 'old' ? 'LEFT' : 'RIGHT',
            ...(from === to ? {} : {start_line: from, start_side: side === 'old' ? 'LEFT' : 'RIGHT'}),
          })),
        },
        shape,
      )
      return {url: made.html_url, inBody: inBody.length, verdict: verdictOf(made)}
    } catch (error) {
      if (statusOf(error) === 422) {
        if (verdict === 'changes' && OWN_PULL.test(reasonOf(error))) return send('comment', inline)
        if (inline.length > 0) return send(verdict, [])
      }
      if (!isUnclear(error)) throw error
      const late = await client.lookAgain(isThere)
      if (!late) throw error
      return {url: late.html_url, inBody: inBody.length, verdict: verdictOf(late)}
    }
  }
  return send(
    review.verdict,
    comments.filter(({outdated}) => !outdated),
  )
}

function verdictOf({state}: z.infer<typeof shape>): Published['verdict'] {
  return state === 'CHANGES_REQUESTED' ? 'changes' : 'comment'
}

function bodyOf(all: number, inBody: NewReview['comments']): string {
  const head = `A review of ${count(all, 'comment')}, written in Clambake.`
  const rest = inBody.map(comment => `**${placeOf({...comment, path: `\`${comment.path}\``})}**\n\n${comment.body}`)
  return [head, ...rest].join('\n\n')
}
