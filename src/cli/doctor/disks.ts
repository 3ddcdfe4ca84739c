import {existsSync} from 'node:fs'
import {stat, statfs} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname} from 'node:path'
import {stateFolder} from '../../base/paths.ts'
import {bad, type Finding, good, hint} from './finding.ts'

/** Below this a rescue of work may fail. */
const LEAST_FREE_BYTES = 1024 ** 3
const LOW_FREE_BYTES = 5 * 1024 ** 3
/** What is written outside of the repository's own disk, such as history and indexes of git, is small. */
const LEAST_BESIDE_BYTES = 128 * 1024 ** 2

type Room = {disk: number | bigint; freeBytes: number; freeFiles: number}

/**
 * Checks the disk of the repository, and those of agents' worktrees, of the state folder and of temporary files where they
 * are others. `worktrees`: the folder of `agents.workspace_root`, where the configuration is known.
 */
export async function checkDisks(options: {
  env: NodeJS.ProcessEnv
  folder: string
  worktrees?: string | undefined
  look?: (folder: string) => Promise<Room>
}): Promise<Finding[]> {
  const {env, folder, worktrees, look = roomIn} = options
  const own = await look(folder)
  const findings = [checkoutDisk(own)]
  const seen = new Set([own.disk])
  if (worktrees !== undefined) {
    const room = await look(worktrees)
    if (!seen.has(room.disk)) findings.push(checkoutDisk(room, ` for worktrees, in ${worktrees}`))
    seen.add(room.disk)
  }
  for (const [name, beside] of [
    ['state', stateFolder(env)],
    ['temporary files', env.TMPDIR || tmpdir()],
  ] as const) {
    const room = await look(beside)
    if (seen.has(room.disk)) continue
    seen.add(room.disk)
    const detail = `${shownRoom(room)} for ${name}, in ${beside}`
    const isFull = room.freeBytes < LEAST_BESIDE_BYTES || room.freeFiles === 0
    findings.push(isFull ? bad('disk', detail, 'free some space there') : good('disk', detail))
  }
  return findings
}

/** Judges a disk that holds whole checkouts. */
function checkoutDisk(room: Room, where = ''): Finding {
  const detail = `${shownRoom(room)}${where}`
  if (room.freeBytes < LEAST_FREE_BYTES || room.freeFiles === 0)
    return bad('disk', detail, 'free some space: clambake cleanup --dry-run lists what could be deleted')
  if (room.freeBytes < LOW_FREE_BYTES) return hint('disk', detail, 'each worktree is a full checkout: free some space')
  return good('disk', detail)
}

function shownRoom({freeBytes, freeFiles}: Room): string {
  return freeFiles === 0 ? 'no file more (no inodes)' : `${(freeBytes / 1024 ** 3).toFixed(1)} GB free`
}

/** The room where a folder is, or will be. */
async function roomIn(folder: string): Promise<Room> {
  let at = folder
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
  const [{bavail, bsize, files, ffree}, {dev}] = await Promise.all([statfs(at), stat(at)])
  // Some file systems count no files.
  return {disk: dev, freeBytes: bavail * bsize, freeFiles: files === 0 ? Number.POSITIVE_INFINITY : ffree}
}
