import {readdir, readFile, readlink, stat} from 'node:fs/promises'
import {sep} from 'node:path'
import {isSystemError} from '../../base/errors.ts'

/**
 * Git processes of this machine, or those that work in one of the places, found by their folder or arguments; with the
 * time of their start (epoch milliseconds). null where there is no /proc to look in.
 */
export async function gitProcesses(
  places: readonly string[] | 'anywhere',
): Promise<{pid: string; startedAt: number}[] | null> {
  const pids = await processIds()
  if (!pids) return null
  const found = await Promise.all(
    pids.map(async pid => {
      try {
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
        if (!/(^|\/)git(-[a-z-]+)?\0/.test(command)) return []
        const folder = await readlink(`/proc/${pid}/cwd`)
        const isIn = (place: string) => command.includes(place) || folder === place || folder.startsWith(place + sep)
        const counts = places === 'anywhere' || places.some(isIn)
        return counts ? [{pid, startedAt: (await stat(`/proc/${pid}`)).ctimeMs}] : []
      } catch {
        // It ended meanwhile, or is another user's, whose git could not write here.
        return []
      }
    }),
  )
  return found.flat()
}

async function processIds(): Promise<string[] | null> {
  try {
    return (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}
