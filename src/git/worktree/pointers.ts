import {join} from 'node:path'
import {shortSha} from '../../base/words.ts'
import type {LoosePointer} from '../../model/data/assignment.ts'
import type {Context} from '../context.ts'
import type {VerifiedWorktree} from './list.ts'
import {gitDirOf} from './nested.ts'
import {openNested} from './nested-reader.ts'

/** A path that HEAD makes a pointer to a commit of another repository. */
export type Pointer = {path: string; commit: string}

/**
 * Those pointers that other clones could not follow: `.gitmodules` does not name them, or their remote was not seen to
 * have the commit.
 */
export async function loosePointers(
  context: Context,
  at: VerifiedWorktree,
  {head, pointers}: {head: string; pointers: readonly Pointer[]},
): Promise<LoosePointer[]> {
  if (pointers.length === 0) return []
  const submodules = await submodulePaths(context, head)
  const loose: LoosePointer[] = []
  for (const {path, commit} of pointers) {
    if (!submodules.has(path)) {
      loose.push({path, problem: 'it is a repository of its own, and .gitmodules does not name it'})
    } else if (!(await isOnItsRemote(context, at, {path, commit}))) {
      loose.push({path, problem: `no remote of the submodule is known to have its commit ${shortSha(commit)}`})
    }
  }
  return loose
}

async function submodulePaths(context: Context, head: string): Promise<ReadonlySet<string>> {
  const args = ['config', '--blob', `${head}:.gitmodules`, '--null', '--get-regexp', '^submodule\\..*\\.path$']
  const {exitCode, stdout} = await context.runner.git(args, {accept: [0, 1, 128]})
  const entries = exitCode === 0 ? stdout.split('\0').filter(Boolean) : []
  return new Set(entries.map(entry => entry.slice(entry.indexOf('\n') + 1)))
}

async function isOnItsRemote(context: Context, at: VerifiedWorktree, {path, commit}: Pointer): Promise<boolean> {
  const workTree = join(at.path, path)
  const gitDir = await gitDirOf(workTree)
  if (gitDir === null) return false
  await using nested = await openNested(context, {gitDir, workTree: null})
  if (nested.onRemotes.length === 0) return false
  const input = [commit, ...nested.onRemotes.map(id => `^${id}`)].join('\n')
  const args = ['rev-list', '--max-count=1', '--stdin']
  const {exitCode, stdout} = await context.runner.git(args, {at: nested.reader, input, accept: [0, 128]})
  return exitCode === 0 && stdout === ''
}
