import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {isBundleBranch} from '../model/data/landing/bundle.ts'
import {parseBranch} from '../model/data/names.ts'
import type {Context} from './context.ts'
import {findLeftovers, REACHED} from './orphans/leftovers.ts'
import {workRefs} from './orphans/refs.ts'

/** With more loose objects git packs them itself, where it may: the same number as git's own. */
const MOST_LOOSE = 6700
/** Git spreads loose objects evenly over so many folders. */
const FOLDERS = 256

/**
 * Clears away what Clambake's own work leaves in a clone: notes of its branches that the remote no longer has, where another
 * ref has their commits, and thousands of loose objects. Nothing that only one of them holds is touched.
 */
export async function tidy(context: Context): Promise<void> {
  await forgetOwnNotes(context)
  await packLoose(context)
}

/** Deletes notes of branches of tickets and trains: the daemon deletes each such branch on the remote by its address. */
async function forgetOwnNotes(context: Context): Promise<void> {
  const {remoteName, branchTemplate, runner} = context
  const isOwn = (branch: string) => isBundleBranch(branch) || parseBranch(branch, branchTemplate) !== null
  const {there} = await workRefs(context)
  // The remote is asked only if there may be one.
  if (![...there.keys()].some(isOwn)) return
  const prefix = `refs/remotes/${remoteName}/`
  for (const {what, ref, oid, why} of await findLeftovers(context)) {
    const branch = ref.slice(prefix.length)
    if (what !== 'tracking' || why === null || !isOwn(branch)) continue
    // The tip of a branch that another clone squashed would be in no ref here, as if it were lost. A bundle's is made again.
    if (why !== REACHED && !isBundleBranch(branch)) continue
    // A branch that was pushed again meanwhile holds other work.
    await runner.git(['update-ref', '--no-deref', '-d', ref, oid], {accept: [0, 1, 128]})
  }
}

/**
 * Moves loose objects into a pack, also those that no ref reaches, and refs into one file. Git itself never does either
 * after a call of ours, as it would keep running in the background. The next run deletes the own
 * files of objects that are packed by then.
 */
async function packLoose({runner, commonDir}: Context): Promise<void> {
  // No folder stands out, and this is the one by which git estimates.
  const sample = await readdir(join(commonDir, 'objects', '17')).catch(() => [])
  if (sample.length * FOLDERS <= MOST_LOOSE) return
  await runner.git(['maintenance', 'run', '--quiet', '--task=loose-objects'])
  await runner.git(['pack-refs', '--all'])
}
