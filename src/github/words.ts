import * as z from 'zod'
import type {InlineWord, Spoken} from '../model/review/words.ts'
import type {GithubClient} from './client/client.ts'
import {isMarked} from './comments.ts'
import {ASSOCIATIONS, DELETED_ACCOUNT} from './shapes.ts'

const author = {
  user: z.object({login: z.string(), type: z.string().default('User')}).nullish(),
  author_association: z.enum(ASSOCIATIONS).catch('NONE'),
}

const review = z.object({
  id: z.number(),
  ...author,
  body: z.string().nullish(),
  state: z.string(),
  html_url: z.string().default(''),
})
const inlineComment = z.object({
  pull_request_review_id: z.number().nullish(),
  path: z.string(),
  line: z.number().nullish(),
  original_line: z.number().nullish(),
  side: z.string().nullish(),
  diff_hunk: z.string().default(''),
  body: z.string().nullish(),
})
const comment = z.object({id: z.number(), ...author, body: z.string().nullish(), html_url: z.string().default('')})

const VERDICTS: Readonly<Record<string, Spoken['verdict']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes',
  COMMENTED: 'comment',
}
/** Lines of the diff above a comment that are told with it. */
const CODE_LINES = 6

/** Everything that was said of a pull request, reviews first, each with its inline comments. Three requests and more. */
export async function readWords(client: GithubClient, pull: number): Promise<Spoken[]> {
  const [reviews, inline, comments] = await Promise.all([
    client.list('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {pull_number: pull}, review),
    client.list('GET /repos/{owner}/{repo}/pulls/{pull_number}/comments', {pull_number: pull}, inlineComment),
    client.list('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {issue_number: pull}, comment),
  ])
  return [
    // One that is not sent yet, or was dismissed, says nothing.
    ...reviews.flatMap(found => {
      const verdict = VERDICTS[found.state]
      if (verdict === undefined) return []
      const own = inline.filter(({pull_request_review_id: id}) => id === found.id)
      return [{...said(found), key: `review-${found.id}`, verdict, inline: own.map(inlineWord)}]
    }),
    ...comments.map(found => ({...said(found), key: `comment-${found.id}`, verdict: null, inline: []})),
  ]
}

function said({user, author_association, body, html_url}: Omit<z.infer<typeof comment>, 'id'>) {
  return {
    by: user?.login ?? DELETED_ACCOUNT,
    byBot: user?.type === 'Bot',
    association: author_association,
    body: body ?? '',
    url: html_url,
    ours: isMarked(body ?? ''),
  }
}

function inlineWord({path, line, original_line, side, diff_hunk, body}: z.infer<typeof inlineComment>): InlineWord {
  return {
    path,
    line: line ?? original_line ?? null,
    side: side === 'LEFT' ? 'old' : 'new',
    code: diff_hunk.split('\n').slice(1).slice(-CODE_LINES),
    body: body ?? '',
  }
}
