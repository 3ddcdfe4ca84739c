import {readdirSync, rmSync} from 'node:fs'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {machineError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import {faultOf} from '../../base/machine/faults.ts'
import {isAlive} from '../../base/run.ts'

const PREFIX = 'fetch-'
/** What a fetch sees of the clone, below this folder. */
const SEEN = ['objects', 'refs', 'packed-refs', 'logs', 'reftable', 'info', 'config', 'shallow'] as const
const COMMON = 'common'

/**
 * Makes a git folder without index and worktree, in our own folder, for one fetch; refs below `refs/worktree/` are its own.
 * It sees no worktrees: git would look at each one's HEAD, and end where that names a commit which is not here.
 * Where it cannot be made whole nothing is left: each look at the remote tries again, and what a full disk leaves would
 * take the room that comes free. `write`: how its files are written.
 */
export async function makeFetchFolder(ownFolder: string, write: typeof writeFile = writeFile): Promise<string> {
  let folder: string | undefined
  try {
    folder = await mkdtemp(join(ownFolder, `${PREFIX}${process.pid}-`))
    // Where git keeps the refs in a clone with reftables; it makes none itself.
    await mkdir(join(folder, 'reftable'))
    await mkdir(join(folder, COMMON))
    for (const name of SEEN) {
      if (await statOrNull(join(ownFolder, name))) await symlink(join('..', '..', name), join(folder, COMMON, name))
    }
    for (const place of ['', COMMON]) await write(join(folder, place, 'HEAD'), 'ref: refs/heads/none\n')
    await write(join(folder, 'commondir'), `${COMMON}\n`)
    return folder
  } catch (error) {
    if (folder !== undefined) await rm(folder, {recursive: true, force: true})
    const fault = faultOf(error)
    // The same words at each try, without the folder's own name: they are one trouble to a person.
    throw fault === null ? error : machineError(fault, `no folder for a fetch can be made in ${ownFolder}`)
  }
}

/** The variables by which git works in such a folder. */
export function fetchEnvironment(folder: string): Record<string, string> {
  return {GIT_DIR: folder, GIT_COMMON_DIR: join(folder, COMMON)}
}

/** Removes the folders of fetches whose process was killed. */
export function removeDeadFetches(ownFolder: string): void {
  for (const name of readdirSync(ownFolder).filter(name => name.startsWith(PREFIX))) {
    const pid = /^fetch-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(ownFolder, name), {recursive: true, force: true})
  }
}
