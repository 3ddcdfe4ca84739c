import {join} from 'node:path'
import {disposable} from '../base/dispose.ts'
import {ClambakeError, toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {isAlive} from '../base/run.ts'
import {acquireProcessLock, type ProcessInfo, readProcessInfo} from './lock.ts'

/** The folder in a clone's git folder where its daemon is known, whatever its state folder. */
const FOLDER = 'clambake'

/** A daemon that works in a clone, with its state in another folder than the caller's. */
export type Elsewhere = {pid: number; state: string}

function filesIn(commonDir: string): {lock: string; info: string} {
  const folder = join(commonDir, FOLDER)
  return {lock: join(folder, 'daemon.lock'), info: join(folder, 'daemon.json')}
}

/** Finds a daemon of the clone that has its state elsewhere; undefined: none, or it is not known. */
export function daemonElsewhere(commonDir: string, state: string): Elsewhere | undefined {
  const found = readProcessInfo(filesIn(commonDir).info)
  if (found?.state === undefined || found.state === state || !isAlive(found.pid)) return undefined
  return {pid: found.pid, state: found.state}
}

/**
 * Makes this process the only daemon of a clone. One with another state folder, as where a shell sets XDG_STATE_HOME and cron
 * does not, would take the same tickets under the same name, and each would end the other's agents. Throws `already-running`.
 * Where the clone takes no lock, as on some network disks, that is logged alone.
 */
export function lockClone(options: {commonDir: string; state: string; info: ProcessInfo; log: Log}): Disposable {
  const {commonDir, state, info, log} = options
  const lock = (() => {
    try {
      return acquireProcessLock({paths: filesIn(commonDir), info: {...info, state}})
    } catch (error) {
      log.warn('the clone takes no lock: a daemon with another state folder would not be seen', {
        error: toErrorData(error),
      })
      return disposable(() => {})
    }
  })()
  if (!('heldBy' in lock)) return lock
  const {pid, state: other} = lock.heldBy ?? {}
  throw new ClambakeError({
    code: 'already-running',
    message: `Another daemon${pid === undefined ? '' : ` (pid ${pid})`} works in this clone, with its state in ${other ?? 'another folder'}`,
    kept: 'it and its agents were left alone',
    next:
      other === undefined
        ? 'end it, or use its state folder: CLAMBAKE_STATE_DIR'
        : `CLAMBAKE_STATE_DIR=${other} clambake uses that one, and CLAMBAKE_STATE_DIR=${other} clambake daemon stop ends it`,
  })
}
