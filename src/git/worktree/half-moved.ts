import {readFile, readlink, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {statOrNull} from '../../base/files.ts'
import type {Context} from '../context.ts'
import type {VerifiedWorktree} from './list.ts'

/**
 * Removes the files that a git which was killed wrote into a worktree on the way from one commit to another, so that the
 * move can be made again: git takes them for someone's changes. A file goes only if its content, or as much of it as was
 * written, is the beginning of what the other commit has there: nothing is lost with it. Gives how many went.
 */
export async function removeHalfMoved(
  {runner}: Context,
  {at, from, to}: {at: VerifiedWorktree; from: string; to: string},
): Promise<number> {
  const list = await runner.text([
    'diff-tree',
    '-r',
    '-z',
    '--no-renames',
    '--name-only',
    '--diff-filter=AMT',
    from,
    to,
  ])
  let removed = 0
  for (const path of list.split('\0').filter(Boolean)) {
    const file = join(at.path, path)
    if (!(await isPlainWay(at.path, path))) continue
    const found = await contentOf(file)
    if (found === null || !(await isStartOf(found, path))) continue
    await rm(file)
    removed += 1
  }
  return removed

  async function isStartOf(found: Uint8Array, path: string): Promise<boolean> {
    const name = `${to}:${path}`
    for (const form of ['blob', '--filters']) {
      const wanted = await runner.bytes(['cat-file', form, name], {input: '', at})
      if (Buffer.compare(found, wanted.subarray(0, found.length)) === 0) return true
    }
    return false
  }
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
