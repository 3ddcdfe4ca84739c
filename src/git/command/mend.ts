import {readdir, readFile, realpath, rename, writeFile} from 'node:fs/promises'
import {basename, dirname, join, relative} from 'node:path'
import {isSystemError} from '../../base/errors.ts'
import {damagedObjectIn, putDamagedAside} from './damaged-objects.ts'
import {removeDeadLock} from './dead-lock.ts'
import {lockIn, TORN_INDEX} from './failures.ts'

type Surroundings = {
  /** The clone's own git folder. */
  gitFolder: () => Promise<string>
  /** That of the worktree in which the command failed. */
  ownGitFolder: string | null
  /** Runs git where the command failed; any exit code is an answer. */
  git: (args: readonly string[]) => Promise<{exitCode: number}>
}

/** Where a linked worktree finds what all of them share: git writes nothing else into this file. */
const COMMON = '../..\n'

/**
 * Mends what a killed git or a loss of power left in the clone and a failed command names: a lock without a process, a ref of
 * Clambake's own that names nothing, loose objects that are none, a worktree's emptied file or index. Nothing that
 * holds anything is removed. Gives whether something was mended, so that the command may work now.
 */
export async function mend(stderr: string, {gitFolder, ownGitFolder, git}: Surroundings): Promise<boolean> {
  const lock = lockIn(stderr)
  if (lock !== null) return removeDeadLock(lock, await gitFolder())
  const ref = /unable to resolve reference '(refs\/clambake\/[^'\n]+)': reference broken/.exec(stderr)?.[1]
  if (ref !== undefined) {
    await removeBrokenRef(ref, git)
    return true
  }
  const common = /failed to read (\S+)\/commondir\b/.exec(stderr)?.[1]
  if (common !== undefined) return mendWorktree(basename(common), await gitFolder())
  const worktree = /not a git repository: '?(\S+?)'?$/m.exec(stderr)?.[1]
  if (worktree !== undefined && ownGitFolder !== null) return mendHead(basename(worktree), await gitFolder())
  if (TORN_INDEX.test(stderr)) return mendIndex({gitFolder: await gitFolder(), ownGitFolder, git})
  const object = damagedObjectIn(stderr)
  return object !== null && (await putDamagedAside(await gitFolder(), object)) > 0
}

/** Removes a ref that names nothing: git deletes only what it can read, so it is made another ref's name first. */
export async function removeBrokenRef(ref: string, git: Surroundings['git']): Promise<void> {
  await git(['symbolic-ref', ref, 'refs/clambake/none'])
  await git(['update-ref', '--no-deref', '-d', ref])
}

/**
 * Writes the HEAD of a linked worktree again where it is empty: git notes each step of it both in its own log and in that of
 * its branch, so the branch is the one whose log ends alike.
 */
async function mendHead(name: string, gitFolder: string): Promise<boolean> {
  try {
    const folder = await realpath(join(gitFolder, 'worktrees', name))
    const file = join(folder, 'HEAD')
    if (dirname(folder) !== join(gitFolder, 'worktrees') || /[^\0\s]/.test(await readFile(file, 'utf8'))) return false
    const step = lastLine(await readFile(join(folder, 'logs', 'HEAD'), 'utf8'))
    const heads = join(gitFolder, 'logs', 'refs', 'heads')
    const found: string[] = []
    for (const entry of await readdir(heads, {recursive: true, withFileTypes: true})) {
      if (!entry.isFile()) continue
      const log = join(entry.parentPath, entry.name)
      if (lastLine(await readFile(log, 'utf8')) === step) found.push(relative(heads, log))
    }
    if (step === '' || found.length !== 1) return false
    await writeFile(file, `ref: refs/heads/${found[0]}\n`)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'EISDIR')) return false
    throw error
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

/**
 * Makes the index of a linked worktree again from its commit, and keeps the damaged one beside it. All files stay as they
 * are; what differs counts as changed. The index of the clone's own checkout is left to its person.
 */
async function mendIndex(options: {gitFolder: string} & Omit<Surroundings, 'gitFolder'>): Promise<boolean> {
  const {gitFolder, ownGitFolder, git} = options
  if (ownGitFolder === null || dirname(await realpath(ownGitFolder)) !== join(gitFolder, 'worktrees')) return false
  const index = join(ownGitFolder, 'index')
  try {
    await rename(index, `${index}.damaged`)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
  return (await git(['read-tree', 'HEAD'])).exitCode === 0
}

/** Writes the file by which a worktree finds the clone, where it is empty: no git command works in the clone without it. */
async function mendWorktree(name: string, gitFolder: string): Promise<boolean> {
  try {
    const folder = await realpath(join(gitFolder, 'worktrees', name))
    if (dirname(folder) !== join(gitFolder, 'worktrees')) return false
    const file = join(folder, 'commondir')
    if (/[^\0\s]/.test(await readFile(file, 'utf8'))) return false
    await writeFile(file, COMMON)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'EISDIR')) return false
    throw error
  }
}
