import {constants} from 'node:fs'
import {copyFile, lstat, mkdir, realpath} from 'node:fs/promises'
import {dirname, join, sep} from 'node:path'
import {isSystemError} from '../../base/errors.ts'

/** A file that a worktree did not get, and why. */
export type NotCopied = {path: string; why: string}

/**
 * Brings files of the main checkout into a worktree, as `worktree.copy` names them. One that is there stays. What git
 * does not ignore there is not brought, as an agent would commit it: these files mostly hold secrets. No link is followed
 * out of either folder. Gives what was not copied.
 */
export async function copyFiles(options: {
  root: string
  worktree: string
  paths: readonly string[]
  /** Those of the paths that git ignores in the worktree. */
  ignored: (paths: readonly string[]) => Promise<ReadonlySet<string>>
}): Promise<readonly NotCopied[]> {
  const {root, worktree, paths} = options
  const ignored = paths.length === 0 ? new Set<string>() : await options.ignored(paths)
  const left: NotCopied[] = []
  for (const path of paths) {
    const why = ignored.has(path) ? await copyOne({root, worktree, path}) : 'git does not ignore it'
    if (why !== null) left.push({path, why})
  }
  return left
}

async function copyOne({root, worktree, path}: {root: string; worktree: string; path: string}): Promise<string | null> {
  const [from, to] = [join(root, path), join(worktree, path)]
  try {
    const found = await lstat(from)
    if (!found.isFile()) return found.isDirectory() ? 'it is a folder' : 'it is not a plain file'
    if (!(await isWithin(dirname(from), root))) return 'a link leads out of the checkout'
    if (!(await isWithin(await deepestFolder(dirname(to)), worktree))) return 'a link leads out of the worktree'
    await mkdir(dirname(to), {recursive: true})
    await copyFile(from, to, constants.COPYFILE_EXCL)
    return null
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return null
    if (isSystemError(error, 'ENOENT')) return 'your checkout does not have it'
    throw error
  }
}

/** The folder itself, or the nearest one above it that is there: making folders follows links. */
async function deepestFolder(folder: string): Promise<string> {
  const found = await lstat(folder).catch(() => null)
  return found ? folder : deepestFolder(dirname(folder))
}

async function isWithin(folder: string, root: string): Promise<boolean> {
  const [real, top] = [await realpath(folder), await realpath(root)]
  return real === top || real.startsWith(`${top}${sep}`)
}
