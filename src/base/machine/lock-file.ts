import {truncateSync} from 'node:fs'
import {DatabaseSync} from 'node:sqlite'
import {machineError, messageOf} from '../errors.ts'
import {faultOf} from './faults.ts'

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const NO_DATABASE: readonly number[] = [11, 26]

/**
 * Opens a small database with a transaction that excludes all others: a lock that the kernel frees when the process ends.
 * Nothing is ever stored in it, so what is found there after a loss of power is cleared away; SQLite reads it only while no
 * process holds the lock. Throws SQLite's errors, `file-unusable` and other faults of the machine.
 */
export function lockFile(file: string, timeoutMs = 0): DatabaseSync {
  try {
    return begin(file, timeoutMs)
  } catch (error) {
    if (NO_DATABASE.includes(codeOf(error))) {
      // In place: two processes that each made a new file would both hold a lock.
      truncateSync(file)
      return begin(file, timeoutMs)
    }
    const fault = faultOf(error)
    throw fault === null ? error : machineError(fault, `${file}: ${messageOf(error)}`)
  }
}

function begin(file: string, timeout: number): DatabaseSync {
  const database = new DatabaseSync(file, {timeout})
  try {
    database.exec('begin exclusive')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Primary result code of SQLite; 0: the error is another one. */
function codeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0
}
