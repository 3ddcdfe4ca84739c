import type {Merged} from '../../model/data/main-files.ts'
import {type Context, mainRef} from '../context.ts'
import {dirtyPaths, headOf, PLAIN_DIFF} from '../worktree/inspect.ts'
import {verifyWorktree} from '../worktree/list.ts'
import {branchStart, mergeBase} from './diff.ts'

/** Separators of records and units. No message should have one; if it does, only a prediction gets worse. */
const RECORD = '\x1e'
const UNIT = '\x1f'
/** `(#12)` at the end of a squashed pull request's title. */
const NUMBER = /\s*\(#\d+\)/g
const NAMES_NUMBER = /#\d+/

/** Every file of main as of the last fetch. */
export async function mainFiles(context: Context): Promise<string[]> {
  return named(await context.runner.text(['ls-tree', '-r', '-z', '--name-only', mainRef(context)]))
}

/**
 * Titles and paths of what landed on main, newest first: of its last `limit` commits those that name an issue or a
 * pull request by its number. What a merge commit brought counts as its change.
 */
export async function mergedPaths(context: Context, limit: number): Promise<Merged[]> {
  const range = ['-n', String(limit), '--first-parent', '--diff-merges=first-parent', mainRef(context), '--']
  const format = `--format=${RECORD}%s${UNIT}%b${UNIT}`
  const text = await context.runner.text(['log', ...PLAIN_DIFF, '-z', '--name-only', format, ...range])
  return text
    .split(RECORD)
    .slice(1)
    .flatMap(record => {
      const [subject = '', body = '', paths = ''] = record.split(UNIT)
      if (!NAMES_NUMBER.test(`${subject}\n${body}`)) return []
      return [{title: titleOf(subject, body), paths: named(paths)}]
    })
}

/**
 * Paths that a worktree (with what is not committed) or else a branch changes since it left main, sorted. Throws
 * `no-branch`.
 */
export async function changedPaths(
  context: Context,
  {branch, worktree}: {branch: string; worktree: string | null},
): Promise<string[]> {
  const names = ['diff', ...PLAIN_DIFF, '-z', '--name-only']
  if (worktree === null) {
    const {head, base} = await branchStart(context, branch)
    return named(await context.runner.text([...names, base, head, '--'])).sort()
  }
  const at = await verifyWorktree(context, worktree)
  const base = await mergeBase(context, await headOf(context, at))
  const changed = named(await context.runner.text([...names, base, '--'], {at}))
  return [...new Set([...changed, ...(await dirtyPaths(context, at))])].sort()
}

function named(text: string): string[] {
  return text
    .split('\0')
    .map(path => path.replace(/^\n/, ''))
    .filter(Boolean)
}

/** GitHub's merge commits have the pull request's title as the first line of their body. */
function titleOf(subject: string, body: string): string {
  const title = /^Merge (?:pull request|branch)\b/.test(subject) ? body.split('\n')[0] || subject : subject
  return title.replace(NUMBER, '')
}
