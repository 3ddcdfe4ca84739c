import {rmSync} from 'node:fs'
import {dirname} from 'node:path'
import type {DatabaseSync} from 'node:sqlite'
import * as z from 'zod'
import {textOrNull, writePrivateFile} from '../base/files.ts'
import {lockFile} from '../base/machine/lock-file.ts'
import {ensurePrivateFolder, type ProcessPaths} from '../base/paths.ts'

const processInfo = z.object({
  pid: z.number().int(),
  version: z.string(),
  cwd: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  /** `pass`: it works alone (`--once`) and answers no calls. */
  doing: z.literal('pass').exactOptional(),
  /** The state folder of a clone's daemon. */
  state: z.string().exactOptional(),
})

/** Describes the holder of a lock in messages; only the lock itself proves that it is held. */
export type ProcessInfo = z.infer<typeof processInfo>

/** Proves that this process is the only one of its kind. Its disposal frees it, and so does every end of the process. */
export type ProcessLock = Disposable & {
  readonly file: string
  readonly info: ProcessInfo
  /** Takes it again, in a new file, after its file was removed. False: another process has that one. */
  renew(): boolean
}

const SQLITE_BUSY = 5

/**
 * Takes a lock that the kernel frees when the process ends, even by kill -9: an open exclusive transaction on a small
 * database file. `heldBy` is null until the holder has written its JSON.
 * Never read the lock file by fs in the same process: closing it would drop the lock (POSIX record locks).
 */
export function acquireProcessLock(options: {
  paths: Pick<ProcessPaths, 'lock' | 'info'>
  info: ProcessInfo
}): ProcessLock | {heldBy: ProcessInfo | null} {
  const {paths, info} = options
  let database = open(paths)
  if (database === null) return {heldBy: readProcessInfo(paths.info)}
  writePrivateFile(paths.info, JSON.stringify(info))
  let held = true
  return {
    file: paths.lock,
    info,
    renew() {
      const again = open(paths)
      if (again === null) return false
      database?.close()
      database = again
      writePrivateFile(paths.info, JSON.stringify(info))
      return true
    },
    [Symbol.dispose]() {
      if (!held) return
      held = false
      // Where the folder was removed, another process may have taken the lock in a new one.
      if (readProcessInfo(paths.info)?.pid === info.pid) rmSync(paths.info, {force: true})
      database?.close()
    },
  }
}

/** Opens the lock's database with a transaction that excludes all others; null: another process has one. */
function open({lock}: Pick<ProcessPaths, 'lock'>): DatabaseSync | null {
  ensurePrivateFolder(dirname(lock))
  try {
    return lockFile(lock)
  } catch (error) {
    if (isBusy(error)) return null
    throw error
  }
}

/** Reads the holder's description; null when it is missing or invalid. The holder may have ended: ask its socket. */
export function readProcessInfo(file: string): ProcessInfo | null {
  const text = textOrNull(file)
  if (text === null) return null
  const parsed = processInfo.safeParse(parseJson(text))
  return parsed.success ? parsed.data : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // A person may have edited the file.
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
