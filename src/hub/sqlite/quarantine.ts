import {mkdirSync, renameSync} from 'node:fs'
import {dirname} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {isSystemError} from '../../base/errors.ts'
import {lockFile} from '../../base/machine/lock-file.ts'
import {troubleOf} from '../trouble.ts'

/** How long to wait for the lock. Its holder needs under a second, unless its process is stopped. */
const LOCK_WAIT_MS = 10_000

/**
 * Creates the database's folder and runs `task` while no other process opens, migrates or moves the same database. The lock
 * is a transaction on a small database beside it, so the system frees it when its holder is killed.
 */
export async function withSetupLock<T>(file: string, task: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), {recursive: true, mode: 0o700})
  const lock = lockFile(`${file}.setup-lock`, LOCK_WAIT_MS)
  try {
    return await task()
  } finally {
    lock.close()
  }
}

/**
 * Renames a corrupt database, with its log and index, to `.corrupt-<time>`. Gives the new name; undefined: the file is
 * sound, because another process was first. Call it under the set-up lock with the database closed.
 */
export function quarantine(file: string, at: Date): string | undefined {
  if (isSound(file)) return undefined
  // No colons, which some file systems refuse.
  const aside = `${file}.corrupt-${at.toISOString().replace(/[:.]/g, '-')}`
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(file + suffix, aside + suffix)
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error
    }
  }
  return aside
}

function isSound(file: string): boolean {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    return database.prepare('pragma integrity_check(1)').get()?.integrity_check === 'ok'
  } catch (error) {
    // An unreadable file (no permission, locked) need not be corrupt.
    if (troubleOf(error).kind !== 'corrupt') throw error
    return false
  } finally {
    database?.close()
  }
}
