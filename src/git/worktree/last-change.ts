import {dirname, join} from 'node:path'
import {statOrNull} from '../../base/files.ts'
import {type Context, mainRef} from '../context.ts'
import {dirtyPaths, headOf} from './inspect.ts'
import {verifyWorktree} from './list.ts'

/** A file server's clock may be this much ahead of ours. */
const AHEAD_MS = 60_000

/**
 * When the work in a worktree changed last, in epoch milliseconds: its newest commit that main has not, or a file that is
 * in no commit. null: it has neither. Ignored files do not count, nor does what is dated in the future.
 */
export async function lastChange(context: Context, path: string): Promise<number | null> {
  const at = await verifyWorktree(context, path)
  // Files first: what is committed between the two reads is then seen in one of them.
  const dirty = await dirtyPaths(context, at)
  const head = await headOf(context, at)
  const newest = await context.runner.text([
    'log',
    '--max-count=1',
    '--format=%ct',
    `${mainRef(context)}..${head}`,
    '--',
  ])
  const changes = await Promise.all(dirty.map(file => changeOf(context, {worktree: at.path, file})))
  const dates = newest === '' ? changes : [...changes, Number(newest) * 1000]
  // An agent dates its commits, and the clock may have been set back: a change of tomorrow would hide that it stands still.
  const now = context.clock.now()
  const times = dates.filter(time => time <= now + AHEAD_MS).map(time => Math.min(time, now))
  return times.length === 0 ? null : times.reduce((latest, time) => Math.max(latest, time))
}

/** When a path that is not committed was changed; a deleted one, when the folder was that it was in. */
async function changeOf({clock}: Context, {worktree, file}: {worktree: string; file: string}): Promise<number> {
  for (let path = join(worktree, file); path.startsWith(worktree); path = dirname(path)) {
    const found = await statOrNull(path)
    if (found === null) continue
    // A repository in the worktree is not looked into, and may have changed just now.
    const isRepository = path === join(worktree, file) && found.isDirectory()
    return isRepository ? clock.now() : found.ctimeMs
  }
  return clock.now()
}
