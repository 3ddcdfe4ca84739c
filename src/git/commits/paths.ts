import type {Merged} from '../../model/data/main-files.ts'
import {type Context, mainRef} from '../context.ts'
import {PLAIN_DIFF, statusOf} from '../worktree/inspect.ts'
import {verifyWorktree} from '../worktree/list.ts'
import {commitOf, mergeBase} from './diff.ts'

/** Separators of records and units. No message should have one; if it does, only a prediction gets worse. */
const RECORD = '\x1e'
const UNIT = '\x1f'
/** `(#12)` at the end of a squashed pull request's title. */
const NUMBER = /\s*\(#\d+\)/g
const NAMES_NUMBER = /#\d+/
/** Answers about two commits that are kept, newest last: more than work at once. */
const KEPT = 100

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

export type ChangedPaths = (work: {branch: string; worktree: string | null}) => Promise<string[]>

/**
 * Lists the paths that a worktree (with what is not committed) or else a branch changes since it left main, sorted. What
 * two commits are to each other never changes, so it is found out once. Throws `no-branch`.
 */
export function createChangedPaths(context: Context): ChangedPaths {
  const known = new Map<string, readonly string[]>()

  async function committed(head: string): Promise<readonly string[]> {
    const key = `${mainRef(context)} ${head}`
    const paths = known.get(key) ?? (await pathsSinceMain(context, head))
    known.delete(key)
    if (context.fetched.main !== null) known.set(key, paths)
    for (const oldest of known.keys()) if (known.size > KEPT) known.delete(oldest)
    return paths
  }

  return async ({branch, worktree}) => {
    if (worktree === null) return [...(await committed(await commitOf(context, branch)))].sort()
    const {head, dirty} = await statusOf(context, await verifyWorktree(context, worktree))
    return [...new Set([...(await committed(head)), ...dirty])].sort()
  }
}

async function pathsSinceMain(context: Context, head: string): Promise<string[]> {
  const base = await mergeBase(context, head)
  if (base === head) return []
  return named(await context.runner.text(['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, head, '--']))
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
