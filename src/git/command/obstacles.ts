import type {Dirent, Stats} from 'node:fs'
import {constants, lstat, open, readdir, readlink, rename, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'

/** A file in a clone's git folder at which git would wait without end, or read without end, and which was put out of its way. */
export type Obstacle = {path: string; what: string}

/** A ref is an object's id, or the name of another ref. */
const LONGEST_REF = 64 * 1024
/** Git passes over files with this ending. */
const PASSED_OVER = '.lock'

/**
 * Removes from a clone's git folder what no git writes there: pipes and devices, sockets among refs, and links among refs, which can lead
 * in a circle or to all files of the machine. A ref that is too long for one gets another name. An agent can make them, in a
 * sandbox too, and each git command that goes through all refs would wait there. They hold no work; git that waits for a pipe
 * is let go.
 */
export async function removeObstacles(commonDir: string): Promise<Obstacle[]> {
  const found: Obstacle[] = []
  const folders = await entriesOf(join(commonDir, 'worktrees'))
  const gitDirs = [
    commonDir,
    ...folders.filter(entry => entry.isDirectory()).map(({name}) => join(commonDir, 'worktrees', name)),
  ]
  for (const gitDir of gitDirs) {
    await sweep(gitDir, {depth: 0, isOfRefs: false}, found)
    await sweep(join(gitDir, 'refs'), {depth: Number.POSITIVE_INFINITY, isOfRefs: true}, found)
    await sweep(join(gitDir, 'logs'), {depth: Number.POSITIVE_INFINITY, isOfRefs: false}, found)
  }
  await sweep(join(commonDir, 'objects'), {depth: 1, isOfRefs: false}, found)
  await sweep(join(commonDir, 'info'), {depth: 0, isOfRefs: false}, found)
  return found
}

/** Goes through a folder and as many levels below it, and follows no link. */
async function sweep(folder: string, rule: {depth: number; isOfRefs: boolean}, found: Obstacle[]): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (rule.depth > 0) await sweep(path, {...rule, depth: rule.depth - 1}, found)
      continue
    }
    // A file may be gone, or another one, by now.
    const what = await clear(path, entry, rule.isOfRefs).catch(() => null)
    if (what !== null) found.push({path, what})
  }
}

/** Clears a file away if it is an obstacle. Gives what it was; null: it is none. */
async function clear(path: string, entry: Dirent, isOfRefs: boolean): Promise<string | null> {
  if (entry.isFile()) {
    if (!isOfRefs || path.endsWith(PASSED_OVER) || (await lstat(path)).size <= LONGEST_REF) return null
    await rename(path, `${path}${PASSED_OVER}`)
    return 'a file too long for a ref'
  }
  if (entry.isSymbolicLink()) {
    const target = await readlink(path)
    const leads = await stat(path).catch(() => null)
    const special = leads === null ? null : specialOf(leads)
    // Older versions of git made symbolic refs as links.
    if (special === null && (!isOfRefs || target.startsWith('refs/'))) return null
    await remove(path, leads?.isFIFO() ?? false)
    return `a link to ${target}`
  }
  const special = specialOf(entry)
  // Git does not wait for a socket; the person's git may listen there for changes of files.
  if (special === null || (entry.isSocket() && !isOfRefs)) return null
  await remove(path, entry.isFIFO())
  return special
}

function specialOf(entry: Dirent | Stats): string | null {
  if (entry.isFIFO()) return 'a pipe'
  if (entry.isSocket()) return 'a socket'
  return entry.isCharacterDevice() || entry.isBlockDevice() ? 'a device' : null
}

/** Removes a name. Those who wait for a writer of a pipe find it empty. */
async function remove(path: string, isPipe: boolean): Promise<void> {
  if (!isPipe) return rm(path)
  // As long as it has its name, they could open it once more.
  await using _writer = await open(path, constants.O_RDWR | constants.O_NONBLOCK)
  await rm(path)
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, {withFileTypes: true}).catch(() => [])
}
