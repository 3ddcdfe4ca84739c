import {readFile, readlink, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {statOrNull} from '../../base/files.ts'
import type {Context} from '../context.ts'
import type {VerifiedWorktree} from './list.ts'

/**
 * Removes the files that a git which was killed wrote into a worktree on the way from one commit to another, so that the
 * move can be made again: git takes them for someone's changes. Gives how many went.
 */
export async function removeHalfMoved(
  context: Context,
  {at, from, to}: {at: VerifiedWorktree; from: string; to: string},
): Promise<number> {
  return removeBegun(context, {at, commit: to, paths: await writtenPaths(context, {from, to, filter: 'AMT'})})
}

/**
 * Removes files of which the content, or as much of it as was written, is the beginning of what a commit has there:
 * nothing is lost with them. Gives how many went.
 */
export async function removeBegun(
  context: Context,
  {at, commit, paths}: {at: VerifiedWorktree; commit: string; paths: readonly string[]},
): Promise<number> {
  let removed = 0
  for (const path of paths) {
    if (!(await isPlainWay(at.path, path)) || !(await isBegun(context, {at, commit, path}))) continue
    await rm(join(at.path, path))
    removed += 1
  }
  return removed
}

/**
 * Whether anything is in the place of a file that a move from one commit to another adds. What git ignores would be
 * overwritten by it, without a word.
 */
export async function isInTheWay(
  context: Context,
  {at, from, to}: {at: VerifiedWorktree; from: string; to: string},
): Promise<boolean> {
  for (const path of await writtenPaths(context, {from, to, filter: 'A'})) {
    const isFree = (await isFreeWay(at.path, path)) && (await statOrNull(join(at.path, path))) === null
    if (!isFree && !(await isBegun(context, {at, commit: to, path}))) return true
  }
  return false
}

async function writtenPaths(
  {runner}: Context,
  {from, to, filter}: {from: string; to: string; filter: string},
): Promise<string[]> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', `--diff-filter=${filter}`, from, to]
  return (await runner.text(args)).split('\0').filter(Boolean)
}

/** Whether what is at a path is the beginning of what a commit has there. */
async function isBegun(
  {runner}: Context,
  {at, commit, path}: {at: VerifiedWorktree; commit: string; path: string},
): Promise<boolean> {
  const found = await contentOf(join(at.path, path))
  if (found === null) return false
  for (const form of ['blob', '--filters']) {
    const wanted = await runner.bytes(['cat-file', form, `${commit}:${path}`], {input: '', at})
    if (Buffer.compare(found, wanted.subarray(0, found.length)) === 0) return true
  }
  return false
}

/** Whether no file or link is where a folder on the way has to be. */
async function isFreeWay(root: string, path: string): Promise<boolean> {
  let folder = root
  for (const part of path.split('/').slice(0, -1)) {
    folder = join(folder, part)
    const found = await statOrNull(folder)
    if (found === null) return true
    if (!found.isDirectory()) return false
  }
  return true
}

/** Whether each folder on the way is a plain one: behind a link are files of others. */
async function isPlainWay(root: string, path: string): Promise<boolean> {
  let folder = root
  for (const part of path.split('/').slice(0, -1)) {
    folder = join(folder, part)
    if (!(await statOrNull(folder))?.isDirectory()) return false
  }
  return true
}

/** What a file or link holds; null: it is neither. */
async function contentOf(file: string): Promise<Uint8Array | null> {
  const stat = await statOrNull(file)
  if (stat?.isSymbolicLink()) return Buffer.from(await readlink(file))
  return stat?.isFile() ? await readFile(file) : null
}
