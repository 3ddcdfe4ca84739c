import {dirname, join} from 'node:path'
import {statOrNull} from '../../base/files.ts'
import {type Context, mainRef} from '../context.ts'
import {dirtyPaths, headOf} from './inspect.ts'
import {verifyWorktree} from './list.ts'

/**
 * When the work in a worktree changed last, in epoch milliseconds: its newest commit that main has not, or a file that is
 * in no commit. null: it has neither. Ignored files do not count, nor does a newest commit with a date in the future.
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
  const times = await Promise.all(dirty.map(file => changeOf(context, {worktree: at.path, file})))
  const committed = Number(newest) * 1000
  // An agent dates its commits. One of tomorrow would otherwise let it stand still for a day.
  if (newest !== '' && committed <= context.clock.now()) times.push(committed)
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
