import {readdirSync, rmSync} from 'node:fs'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {isAlive} from '../../base/run.ts'

const PREFIX = 'fetch-'

/**
 * Makes a git folder without index and worktree, in our own folder, for one fetch; refs below `refs/worktree/` are its own.
 * Where it cannot be made whole nothing is left: each look at the remote tries again, and what a full disk leaves would
 * take the room that comes free. `write`: how its files are written.
 */
export async function makeFetchFolder(ownFolder: string, write: typeof writeFile = writeFile): Promise<string> {
  const folder = await mkdtemp(join(ownFolder, `${PREFIX}${process.pid}-`))
  try {
    // Where git keeps the refs in a clone with reftables; it makes none itself.
    await mkdir(join(folder, 'reftable'))
    await write(join(folder, 'HEAD'), 'ref: refs/heads/none\n')
    await write(join(folder, 'commondir'), '..\n')
    return folder
  } catch (error) {
    await rm(folder, {recursive: true, force: true})
    throw error
  }
}

/** Removes the folders of fetches whose process was killed. */
export function removeDeadFetches(ownFolder: string): void {
  for (const name of readdirSync(ownFolder).filter(name => name.startsWith(PREFIX))) {
    const pid = /^fetch-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(ownFolder, name), {recursive: true, force: true})
  }
}
