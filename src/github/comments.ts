import * as z from 'zod'
import type {GithubClient} from './client/client.ts'
import {isUnclear, reasonOf, statusOf} from './client/errors.ts'
import {fitBody} from './fit.ts'

const commentShape = z.object({id: z.number(), body: z.string().nullish()})

const COMMENTS = '/repos/{owner}/{repo}/issues/{issue_number}/comments'

/** The hidden line with which Clambake's comments begin. */
const MARKER = /^<!-- clambake:[^<>]{1,200} -->\n/

/** The marker of a text that is written once. */
export function markerOf(key: string): string {
  return `<!-- clambake:${key.replace(/-{2,}|[<>]/g, '-')} -->`
}

/** Whether Clambake wrote a text. */
export function isMarked(body: string): boolean {
  return MARKER.test(body.replaceAll('\r\n', '\n'))
}

/** Removes Clambake's marker from a comment. Other hidden text stays, so that people see what agents receive. */
export function withoutMarker(body: string): string {
  return body.replace(MARKER, '')
}

/**
 * Writes a comment once for each `key`, which it keeps in a hidden marker. The body is sent as it is: text that was
 * generated or comes from outside goes through `quoteForGithub` first. False: GitHub takes no comment there, as the
 * conversation is locked or its rules refuse this one. `isFirst`: it was never tried before, so that it is looked for
 * only if the answer gets lost.
 */
export async function ensureComment(
  client: GithubClient,
  {issue, key, body, isFirst = false}: {issue: number; key: string; body: string; isFirst?: boolean},
): Promise<boolean> {
  const marker = markerOf(key)
  const isThere = async () => {
    const comments = await client.list(`GET ${COMMENTS}`, {issue_number: issue}, commentShape)
    return comments.some(comment => comment.body?.startsWith(marker)) || undefined
  }
  if (!isFirst && (await isThere())) return true
  try {
    await client.requestOnce(
      `POST ${COMMENTS}`,
      {issue_number: issue, body: fitBody(`${marker}\n${body}`)},
      commentShape,
    )
  } catch (error) {
    if (isRefused(error)) return false
    if (!isUnclear(error)) throw error
    if (!(await client.lookAgain(isThere))) throw error
  }
  return true
}

/** Whether only this comment is refused, and not everything that the token would write. */
function isRefused(error: unknown): boolean {
  const status = statusOf(error)
  return status === 422 || (status === 403 && /\block(?:ed)?\b/i.test(reasonOf(error)))
}
