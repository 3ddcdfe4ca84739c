import {randomUUID} from 'node:crypto'
import {join} from 'node:path'
import {replaceFile, statOrNull} from '../../base/files.ts'
import type {Context} from '../context.ts'
import {verifyWorktree} from './list.ts'

/** Files in the worktree's own git folder: they are removed with the worktree and not shown in its status. */
const MARK = 'clambake-set-up'
const ISSUE = 'clambake-issue.md'

/** Whether the worktree was noted to be set up. */
export async function isSetUp(context: Context, path: string): Promise<boolean> {
  return (await statOrNull(await fileOf(context, path, MARK))) !== null
}

/** Notes that the worktree is set up; the note goes when the worktree does. */
export async function markSetUp(context: Context, path: string): Promise<void> {
  await write(await fileOf(context, path, MARK), '')
}

/** Those of the paths that git ignores in the worktree, whether or not they are there. */
export async function ignoredPaths(
  context: Context,
  path: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const at = await verifyWorktree(context, path)
  const input = paths.map(each => `${each}\0`).join('')
  // It ends with 1 where none is ignored.
  const {stdout} = await context.runner.git(['check-ignore', '-z', '--stdin'], {at, input, accept: [0, 1]})
  return new Set(stdout.split('\0').filter(Boolean))
}

/** Writes the whole text of an issue, and gives the file's path. */
export async function keepIssueText(context: Context, path: string, text: string): Promise<string> {
  const file = await fileOf(context, path, ISSUE)
  await write(file, text)
  return file
}

/** Writes a file where an agent can put a link of the same name, which would lead anywhere: it replaces the link. */
async function write(file: string, text: string): Promise<void> {
  await replaceFile(file, text, {draft: `${file}.${randomUUID()}`})
}

async function fileOf(context: Context, path: string, name: string): Promise<string> {
  return join((await verifyWorktree(context, path)).gitDir, name)
}
