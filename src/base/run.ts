import {readFileSync} from 'node:fs'
import {ClambakeError, isSystemError} from './errors.ts'

type RunOptions = {
  args: readonly string[]
  cwd?: string
  /** The whole environment of the program; it inherits nothing. */
  env: NodeJS.ProcessEnv
  input?: string | Uint8Array
  timeoutMs?: number
  /** Exit codes that are no failure; others throw. Default: [0]. */
  accept?: readonly number[]
  signal?: AbortSignal
}

export type RunResult = {exitCode: number; stdout: string; stderr: string}

/**
 * Runs a program with a list of arguments, never through a shell. Output is text without the last newline.
 * Throws ClambakeError `run-failed` on an exit code that is not accepted, on a signal and on a timeout.
 */
export async function run(file: string, options: RunOptions): Promise<RunResult> {
  // Loaded on first use: a command that only calls the daemon starts faster without it.
  const {execa} = await import('execa')
  const result = await execa(file, [...options.args], {
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    ...(options.input === undefined ? {stdin: 'ignore'} : {input: options.input}),
    ...(options.timeoutMs === undefined ? {} : {timeout: options.timeoutMs}),
    ...(options.signal === undefined ? {} : {cancelSignal: options.signal}),
    env: options.env,
    extendEnv: false,
    reject: false,
    maxBuffer: 256 * 1024 * 1024,
  })
  const {exitCode} = result
  if (exitCode !== undefined && (options.accept ?? [0]).includes(exitCode)) {
    return {exitCode, stdout: result.stdout, stderr: result.stderr}
  }
  const why = result.timedOut
    ? `took over ${options.timeoutMs} ms`
    : result.signal
      ? `was ended by ${result.signal}`
      : exitCode === undefined
        ? 'could not be started'
        : `exited with ${exitCode}`
  const detail = (result.stderr || result.stdout || (result.shortMessage ?? '')).trim()
  throw new ClambakeError({
    code: 'run-failed',
    message: `${file} ${options.args.slice(0, 3).join(' ')} ${why}${detail ? `: ${detail.slice(-2000)}` : ''}`,
    cause: result,
  })
}

/** Whether a process with this id runs, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    if (isSystemError(error, 'ESRCH')) return false
    if (isSystemError(error, 'EPERM')) return true
    throw error
  }
}

/** Whether a process has ended but its parent has not collected it. In some containers that never happens. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  const stat = statOf(pid)
  // The name is in brackets and may contain any character, also brackets.
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return '' // It has just ended, or this user may not see it.
  }
}
