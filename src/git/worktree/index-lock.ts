import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {poll} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import {gitProcesses} from '../command/git-processes.ts'
import type {Context} from '../context.ts'
import type {VerifiedWorktree} from './list.ts'

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
      if ((await gitProcesses([at.gitDir, at.path]))?.length !== 0) return undefined
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
