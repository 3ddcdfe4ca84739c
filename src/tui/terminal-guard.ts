import {spawn, spawnSync} from 'node:child_process'
import {disposable} from '../base/dispose.ts'
import {LEAVE} from './terminal-mode.ts'

/**
 * Waits for the end of its input, which comes when we die in whatever way, then restores the terminal on descriptor 3.
 * A shell is 1 MB where a second node would be 40. The script is constant, what varies are its arguments.
 */
const SCRIPT = 'cat >/dev/null; stty "$1" <&3; printf %s "$2" >&3'

/**
 * Starts the watcher that gives the terminal back if this process is killed by SIGKILL. Call it before raw mode is set:
 * what it restores are the settings of now. Dispose it once the terminal is restored. `tty` are descriptors of the
 * terminal; `onFailure` hears why there is no guard, which hurts nothing but the care.
 */
export function startGuard(options: {
  tty: {input: number; output: number}
  env: NodeJS.ProcessEnv
  onFailure: (error: Error) => void
}): Disposable {
  const {tty, env, onFailure} = options
  const saved = spawnSync('stty', ['-g'], {stdio: [tty.input, 'pipe', 'ignore'], env, encoding: 'utf8'})
  const settings = saved.status === 0 ? saved.stdout.trim() : 'sane'
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'clambake-guard', settings, LEAVE], {
    // A session of its own: neither a hang-up nor Ctrl-C in the terminal may end it before us.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore', tty.output],
    env,
  })
  watcher.on('error', onFailure)
  watcher.stdin?.on('error', onFailure)
  watcher.unref()
  const pipe = watcher.stdin
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return disposable(() => watcher.kill('SIGKILL'))
}
