import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {z} from 'zod'
import {isSystemError} from '../base/errors.ts'
import {ensurePrivateFolder, type ProcessPaths} from '../base/paths.ts'

const processInfo = z.object({
  pid: z.number().int(),
  version: z.string(),
  cwd: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  /** `pass`: it works alone (`--once`) and answers nobody. */
  doing: z.literal('pass').exactOptional(),
})

/** Who holds a lock, for people and for messages; the lock itself is the truth. */
export type ProcessInfo = z.infer<typeof processInfo>

/** A proof that this process is the only one of its kind. Dispose frees it; so does any death of the process. */
export type ProcessLock = Disposable & {readonly file: string; readonly info: ProcessInfo}

const SQLITE_BUSY = 5

/**
 * Takes a lock that the kernel frees when the process dies, kill -9 included: an exclusive transaction held open on a
 * small database file. `heldBy` is null while the other has not written its JSON yet.
 * Never read the lock file by fs in the same process: closing it would drop the lock (POSIX record locks).
 */
export function acquireProcessLock(options: {
  paths: Pick<ProcessPaths, 'lock' | 'info'>
  info: ProcessInfo
}): ProcessLock | {heldBy: ProcessInfo | null} {
  const {paths, info} = options
  ensurePrivateFolder(dirname(paths.lock))
  const database = new DatabaseSync(paths.lock)
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if (isBusy(error)) return {heldBy: readProcessInfo(paths.info)}
    throw error
  }
  const draft = `${paths.info}.${info.pid}`
  writeFileSync(draft, JSON.stringify(info), {mode: 0o600})
  renameSync(draft, paths.info)
  let held = true
  return {
    file: paths.lock,
    info,
    [Symbol.dispose]() {
      if (!held) return
      held = false
      rmSync(paths.info, {force: true})
      database.close()
    },
  }
}

/** What the holder wrote about itself; null when there is nothing readable. It may be dead: ask its socket. */
export function readProcessInfo(file: string): ProcessInfo | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
  const parsed = processInfo.safeParse(parseJson(text))
  return parsed.success ? parsed.data : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // A file that a person wrote into is no answer.
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
