import {realpath, rm} from 'node:fs/promises'
import {basename, dirname, join, relative, sep} from 'node:path'
import {isSystemError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import {gitProcesses} from './git-processes.ts'

/** Clocks of files and of processes differ by up to a tick; a process this much younger than a lock did not make it. */
const TICK_MS = 1_000

/**
 * Removes a lock on refs that a killed git left behind: one inside the git folder, when no git process of this machine
 * is as old as the lock. An index has its own check, `clearIndexLock`. Gives whether it was removed.
 */
export async function removeDeadLock(lock: string, gitFolder: string): Promise<boolean> {
  if (basename(lock) === 'index.lock') return false
  const real = await realOf(lock)
  const inside = real === null ? '..' : relative(gitFolder, real)
  if (real === null || inside.split(sep)[0] === '..') return false
  const before = await statOrNull(real)
  if (!before?.isFile()) return false
  const living = await gitProcesses('anywhere')
  if (!living || living.some(({startedAt}) => startedAt <= before.mtimeMs + TICK_MS)) return false
  const after = await statOrNull(real)
  // Another file by now: a process came and went in between.
  if (!after || after.ino !== before.ino || after.mtimeMs !== before.mtimeMs) return false
  await rm(real, {force: true})
  return true
}

async function realOf(lock: string): Promise<string | null> {
  try {
    return join(await realpath(dirname(lock)), basename(lock))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}
