import {spawn, spawnSync} from 'node:child_process'
import {disposable} from '../base/dispose.ts'
import {LEAVE} from './terminal-mode.ts'

/**
 * Waits for the end of its input, which comes with every kind of end of this process, then restores the terminal on
 * descriptor 3. A shell takes 1 MB where a second node would take 40. The script is constant; only its arguments vary.
 */
const SCRIPT = 'cat >/dev/null; stty "$1" <&3; printf %s "$2" >&3'

/**
 * Starts the guard process that restores the terminal if this process is killed by SIGKILL. Call it before raw mode is
 * set, because it restores the current settings. Dispose it once the terminal is restored. `tty` holds descriptors of the
 * terminal. `onFailure` gets the reason if there is no guard; the screen works without one.
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
    // Its own session: neither a hang-up nor Ctrl-C in the terminal may end it before this process.
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
