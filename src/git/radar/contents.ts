import type {Stats} from 'node:fs'
import {copyFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {statOrNull} from '../../base/files.ts'
import type {Context} from '../context.ts'
import {statusOf} from '../worktree/inspect.ts'
import {type VerifiedWorktree, verifyAnyWorktree} from '../worktree/list.ts'
import type {ScratchObjects} from './scratch-objects.ts'

/** A file that is larger is no text that two people edit, and would be copied at every look. */
const LARGEST_FILE = 8 * 1024 * 1024

/** What a worktree holds: its commit, and the tree of its files where they differ from that. */
export type Holding = {head: string; tree: string | null}

/** Remembers the last look at each worktree, so that one in which nothing happened costs one process. */
export function createContents(context: Context, scratch: ScratchObjects) {
  const seen = new Map<string, {signature: string; holding: Holding}>()
  let written = 0

  return async (path: string): Promise<Holding> => {
    const at = await verifyAnyWorktree(context, path)
    const {head, dirty} = await statusOf(context, at)
    const {kept, signature} = await describe(at, {head, paths: dirty})
    const before = seen.get(path)
    if (before?.signature === signature) return before.holding
    // One for each, as two may be written at a time.
    const index = join(scratch.folder, `index-${++written}`)
    const holding = {head, tree: kept.length === 0 ? null : await writeTree(context, {scratch, at, paths: kept, index})}
    seen.set(path, {signature, holding})
    return holding
  }
}

/** The paths that count, and what tells whether any of them was written since. */
async function describe(
  at: VerifiedWorktree,
  {head, paths}: {head: string; paths: readonly string[]},
): Promise<{kept: string[]; signature: string}> {
  const kept: string[] = []
  const marks: string[] = [head]
  // A path with a slash at its end is a repository of its own.
  for (const path of paths.filter(path => !path.endsWith('/'))) {
    const found = await statOrNull(join(at.path, path))
    if (found && (found.size > LARGEST_FILE || isNoContent(found))) continue
    kept.push(path)
    marks.push(`${path}\0${found?.mtimeMs} ${found?.ctimeMs} ${found?.size} ${found?.mode}`)
  }
  return {kept, signature: marks.join('\0')}
}

/** A pipe, a socket or a device, which git cannot add; a folder may be a repository. */
function isNoContent(found: Stats): boolean {
  return !(found.isFile() || found.isSymbolicLink() || found.isDirectory())
}

/**
 * Writes the worktree's files as a tree through a copy of its index. The copy is newer than the index, so git would take a
 * file that was written in the second of the index, to the same size, for unchanged: what changed is forgotten
 * first, so that git reads it again. With the index's own time git would compare every file of a fresh checkout by its content.
 */
async function writeTree(
  context: Context,
  {scratch, at, paths, index}: {scratch: ScratchObjects; at: VerifiedWorktree; paths: readonly string[]; index: string},
): Promise<string> {
  const env = {...scratch.env, GIT_INDEX_FILE: index}
  try {
    await copyFile(join(at.gitDir, 'index'), index)
    const input = paths.map(path => `${path}\0`).join('')
    await context.runner.git(['update-index', '--force-remove', '-z', '--stdin'], {at, env, input})
    await context.runner.git(['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {at, env, input})
    return await context.runner.text(['write-tree'], {at, env})
  } finally {
    await rm(index, {force: true})
  }
}
