import {ClambakeError} from '../../base/errors.ts'
import {shortSha} from '../../base/words.ts'
import type {DiffText} from '../../model/data/diff.ts'
import {type Context, mainRef, resolveCommit} from '../context.ts'
import {headOf, PLAIN_DIFF, parseNumbers} from '../worktree/inspect.ts'
import {verifyWorktree} from '../worktree/list.ts'

/** The most characters of a diff: more than a person reads, and small enough for one message. */
const MAX_LENGTH = 400_000

/** The commit of a branch here, else on the remote as of the last fetch. Throws `no-branch`. */
export async function commitOf(context: Context, branch: string): Promise<string> {
  const here = await resolveCommit(context, `refs/heads/${branch}`)
  const found = here ?? (await resolveCommit(context, `refs/remotes/${context.remoteName}/${branch}`))
  if (found !== null) return found
  throw new ClambakeError({
    code: 'no-branch',
    message: `There is no branch ${branch}, neither here nor on ${context.remoteName}`,
    next: 'it may have landed and been deleted: git log main',
  })
}

/** The head of a branch and the commit at which it left main. Throws `no-branch`. */
export async function branchStart(context: Context, branch: string): Promise<{head: string; base: string}> {
  const head = await commitOf(context, branch)
  return {head, base: await mergeBase(context, head)}
}

/** What a worktree, with what is not committed, or else a branch changes since it left main. */
export async function readDiff(
  context: Context,
  {branch, worktree}: {branch: string; worktree: string | null},
): Promise<Omit<DiffText, 'subject'>> {
  const at = worktree === null ? undefined : await verifyWorktree(context, worktree)
  const head = at ? await headOf(context, at) : await commitOf(context, branch)
  const base = await mergeBase(context, head)
  const range = at ? [base] : [base, head]
  const run = (format: readonly string[]) =>
    context.runner.text(['diff', ...PLAIN_DIFF, ...format, ...range, '--'], at ? {at} : {})
  const [numbers, text] = await Promise.all([run(['--numstat', '-z']), run([])])
  const cut = text.length > MAX_LENGTH
  return {files: parseNumbers(numbers), text: cut ? text.slice(0, text.lastIndexOf('\n', MAX_LENGTH)) : text, cut}
}

/** The last commit that both have; null: they share none. */
export async function commonCommit(context: Context, one: string, other: string): Promise<string | null> {
  const answer = await context.runner.git(['merge-base', one, other], {accept: [0, 1]})
  return answer.exitCode === 0 ? answer.stdout : null
}

/** Where a commit left main. Throws `no-common-history`. */
export async function mergeBase(context: Context, head: string): Promise<string> {
  const found = await commonCommit(context, mainRef(context), head)
  if (found !== null) return found
  throw new ClambakeError({
    code: 'no-common-history',
    message: `${shortSha(head)} shares no commit with ${context.mainBranch}`,
    kept: 'it was not touched',
    next: `look at it: git log ${shortSha(head)}`,
  })
}
