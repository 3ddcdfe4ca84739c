import {spawn} from 'node:child_process'
import {processOf} from '../../../base/processes/process-id.ts'
import type {PlacePaths} from '../../../hub/hooks/folder.ts'
import {isWatchedBy, readGuard} from '../../../hub/hooks/guard.ts'

/** What the watcher needs of a session's environment; the rest, such as the client's keys, is not its business. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|XDG_.*|CLAMBAKE_.*|PG.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS)$/

/** Starts the watcher of a hub where none runs; of two that start at once, one stays. */
export async function startWatcher(options: {files: PlacePaths; cwd: string; env: NodeJS.ProcessEnv}): Promise<void> {
  const {files, cwd, env} = options
  const guard = readGuard(files.guard)
  if (guard !== null && isWatchedBy(guard, await processOf(guard.pid))) return
  const passed = Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)))
  // The same program as this one.
  const child = spawn(process.execPath, [process.argv[1]!, 'hub-watch'], {
    cwd,
    env: passed,
    detached: true,
    stdio: 'ignore',
  })
  child.on('error', () => {}) // The next tool call comes here again.
  child.unref()
}
