import {ClambakeError} from '../../base/errors.ts'
import {shortSha} from '../../base/words.ts'
import {type Context, isAncestor, resolveCommit} from '../context.ts'
import type {Pins} from '../refs/pins.ts'
import {refuseCredentials} from './credentials.ts'
import {commitOf} from './diff.ts'
import {moveBranch, rewordCommits} from './reword.ts'
import {uploadLfs} from './upload-lfs.ts'

/**
 * Brings the remote's branch forward to the local one. A remote that is ahead stays so; one that has
 * diverged is refused. Throws `no-branch`, `branch-moved`.
 */
export async function publishBranch(
  context: Context,
  pins: Pins,
  branch: string,
): Promise<{head: string; pushed: boolean}> {
  const doing = `push ${branch}`
  const ref = `refs/heads/${branch}`
  const found = await commitOf(context, branch)
  const heads = await context.refs.heads(doing)
  // What lands by a person closes no issue by itself.
  const head = await rewordCommits(context, {head: found, issue: null, heads, doing})
  if (head !== found) await moveBranch(context, pins, {branch, from: found, to: head})
  const from = heads.get(branch) ?? null
  if (from === head) return {head, pushed: false}
  if (from !== null) {
    if ((await resolveCommit(context, from)) === null) await context.refs.fetch([ref], {doing})
    if (await isAncestor(context, head, from)) return {head: from, pushed: false}
    if (!(await isAncestor(context, from, head))) throw moved(branch, from)
  }
  await refuseCredentials(context, {branch, head, onTop: from})
  await uploadLfs(context, {branch, head})
  const outcome = await context.refs.push([{ref, from, to: head}], doing)
  if (outcome.state === 'moved') throw moved(branch, outcome.found.get(ref) ?? null)
  return {head, pushed: true}
}

function moved(branch: string, found: string | null): ClambakeError {
  return new ClambakeError({
    code: 'branch-moved',
    message: `${branch} is at ${found ? shortSha(found) : 'no commit'} on the remote and has diverged from this clone`,
    kept: 'both sides are untouched and nothing was pushed',
    next: `merge them by hand: git pull origin ${branch}`,
  })
}
