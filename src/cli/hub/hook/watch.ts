import {dirname} from 'node:path'
import {systemClock} from '../../../base/clock.ts'
import {ensurePrivateFolder, stateFolder} from '../../../base/paths.ts'
import {VERSION} from '../../../base/version.ts'
import {hookPaths, placePaths} from '../../../hub/hooks/folder.ts'
import {watchHub} from '../../../hub/hooks/watch.ts'
import {acquireProcessLock} from '../../../rpc/lock.ts'
import {createLog} from '../../../telemetry/log.ts'
import {openContext} from '../../context.ts'
import {hubPlaceHere} from '../place.ts'
import {noProgram, noteFailure} from './run.ts'

/** Watches the hub of this folder for the hooks of this machine, until no session is left: `clambake hub-watch`. */
export async function runWatcher(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const paths = hookPaths(stateFolder(env))
  try {
    await using context = openContext({json: true, env, createProgram: noProgram})
    const place = await hubPlaceHere(context)
    const files = placePaths(paths, place)
    // It stays for longer than the folder in which it was started may.
    process.chdir('/')
    ensurePrivateFolder(dirname(files.folder))
    ensurePrivateFolder(files.folder)
    const info = {pid: process.pid, version: VERSION, cwd: '/', startedAt: Date.now()}
    const lock = acquireProcessLock({paths: {lock: files.lock, info: files.info}, info})
    if ('heldBy' in lock) return
    using _lock = lock
    using log = createLog({file: paths.log})
    const end = new AbortController()
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => end.abort())
    await watchHub({paths, place, files, clock: systemClock, log, signal: end.signal})
  } catch (error) {
    await noteFailure(paths, 'watch', error)
  }
}
