import {readdir, readFile, readlink, rm} from 'node:fs/promises'
import {join, sep} from 'node:path'
import {poll} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import type {Context} from '../context.ts'
import {statOrNull, type VerifiedWorktree} from './list.ts'

/** A killed daemon's git may still be checking out a big tree. */
const WAIT_MS = 30_000
const LOOK_MS = 100

/**
 * Waits for a lock on the worktree's index to go away, and removes it when no process lives that could hold it.
 * Throws `index-locked` when one does, or when this system cannot tell.
 */
export async function clearIndexLock(context: Context, at: VerifiedWorktree): Promise<void> {
  const lock = join(at.gitDir, 'index.lock')
  const free = await poll(
    async () => {
      const before = await statOrNull(lock)
      if (!before) return true
      if ((await gitProcesses(at))?.length !== 0) return undefined
      const after = await statOrNull(lock)
      // It is another file by now: a process may have come and gone in between.
      if (after && after.ino === before.ino && after.mtimeMs === before.mtimeMs) {
        await rm(lock, {force: true})
        context.log.warn('index lock of a dead process removed', {lock})
      }
      return undefined
    },
    {everyMs: LOOK_MS, timeoutMs: WAIT_MS, clock: context.clock},
  )
  if (free) return
  throw new ClambakeError({
    code: 'index-locked',
    message: `${lock} exists, and a git process may still be running in ${at.path}`,
    kept: 'the worktree was left as it is',
    next: 'end that process, or remove the file if there is none',
  })
}

/** Processes at work in the worktree, found by their folder or arguments; null where there is no /proc. */
async function gitProcesses(at: VerifiedWorktree): Promise<string[] | null> {
  if (!(await statOrNull('/proc/self/cmdline'))) return null
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async pid => {
      try {
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
        if (!/(^|\/)git(-[a-z-]+)?\0/.test(command)) return []
        if (command.includes(at.gitDir) || command.includes(at.path)) return [pid]
        const folder = await readlink(`/proc/${pid}/cwd`)
        return folder === at.path || folder.startsWith(at.path + sep) ? [pid] : []
      } catch {
        // It ended meanwhile, or is another user's, whose git could not write here.
        return []
      }
    }),
  )
  return found.flat()
}
