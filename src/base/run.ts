import {readFileSync} from 'node:fs'
import {ClambakeError, isSystemError} from './errors.ts'

export type RunOptions = {
  args: readonly string[]
  cwd?: string
  /** The whole environment of the child; nothing is inherited. */
  env: NodeJS.ProcessEnv
  input?: string | Uint8Array
  timeoutMs?: number
  /** Exit codes that are an answer and not a failure; others throw. Default: [0]. */
  accept?: readonly number[]
  signal?: AbortSignal
}

export type RunResult = {exitCode: number; stdout: string; stderr: string}

/**
 * Runs a program with an argument vector, never a shell. Output is text with the last newline kept off.
 * Throws ClambakeError `run-failed` on another exit code than accepted, on a signal and on a time-out.
 */
export async function run(file: string, options: RunOptions): Promise<RunResult> {
  // Loaded with the first program that runs: a command that only speaks to the daemon starts without it.
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

/** Whether a process of this id runs, ours or another user's. */
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

/** It has ended and waits for its parent, for good where the first process of a container collects nobody. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  const stat = statOf(pid)
  // The name stands in brackets and may hold any character, brackets too.
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return '' // Just gone, or hidden from us.
  }
}
