import {ClambakeError, isSystemError, machineError} from './errors.ts'
import {execute, type Outcome, type Request} from './execute.ts'
import {faultIn} from './machine/faults.ts'
import {readStat} from './processes/stat.ts'
import type {Starter} from './starter.ts'

type RunOptions = Omit<Request, 'file' | 'bytes'> & {
  /** Exit codes that are no failure; others throw. Default: [0]. */
  accept?: readonly number[]
  signal?: AbortSignal
}

/** The longest time of a program for which no limit is given: none is waited for without end. */
const LONGEST_MS = 10 * 60_000

/** For `accept`, where each exit code is an answer. */
export const ANY_EXIT_CODE: readonly number[] = Array.from({length: 256}, (_, code) => code)

export type RunResult = {exitCode: number; stdout: string; stderr: string}

let starter: Pick<Starter, 'execute'> = {execute}

/** Lets this process start its programs by another one, which saves a big process from copying itself for each. */
export function runThrough(other: Starter): Disposable {
  const before = starter
  starter = other
  return {
    [Symbol.dispose]() {
      starter = before
    },
  }
}

/**
 * Runs a program with a list of arguments, never through a shell. Output is text without the last newline.
 * Throws ClambakeError `run-failed` on an exit code that is not accepted and on a timeout, `run-interrupted` when it was
 * ended from outside: whether it had done its work is not known then. `machine-exhausted`: the system starts no program.
 */
export async function run(file: string, options: RunOptions): Promise<RunResult> {
  const {exitCode, stdout, stderr} = await outcomeOf({file, ...options})
  return {exitCode, stdout: stdout as string, stderr}
}

/** Like `run`; gives the output as it came. */
export async function runForBytes(
  file: string,
  options: RunOptions,
): Promise<{exitCode: number; stdout: Uint8Array; stderr: string}> {
  const {exitCode, stdout, stderr} = await outcomeOf({file, ...options, bytes: true})
  return {exitCode, stdout: stdout as Uint8Array, stderr}
}

async function outcomeOf(
  options: Omit<Request, 'bytes'> & Pick<RunOptions, 'accept' | 'signal'> & {bytes?: boolean},
): Promise<Outcome & {exitCode: number}> {
  const {accept = [0], signal, timeoutMs = LONGEST_MS, ...rest} = options
  const request = {...rest, timeoutMs}
  const outcome = await starter.execute(request, signal)
  const {exitCode} = outcome
  if (exitCode !== undefined && accept.includes(exitCode)) return {...outcome, exitCode}
  throw runFailed(request, outcome)
}

function runFailed({file, args, timeoutMs}: Request, outcome: Outcome): ClambakeError {
  const {timedOut, signal, exitCode, stdout, stderr, failure, isUnknown} = outcome
  const why = timedOut
    ? `took over ${timeoutMs} ms`
    : signal
      ? `was ended by ${signal}`
      : isUnknown
        ? 'ended in an unknown way'
        : exitCode === undefined
          ? 'could not be started'
          : `exited with ${exitCode}`
  const isStarted = exitCode !== undefined || signal !== undefined || timedOut || isUnknown
  const fault = isStarted ? null : faultIn(failure ?? '')
  if (fault !== null) return machineError(fault, `${file} ${why} (${failure})`)
  const detail = (stderr || (typeof stdout === 'string' && stdout) || (timedOut ? '' : failure) || '').trim()
  return new ClambakeError({
    code: !timedOut && (signal || isUnknown) ? 'run-interrupted' : 'run-failed',
    message: `${file} ${args.slice(0, 3).join(' ')} ${why}${detail ? `: ${detail.slice(-2000)}` : ''}`,
    cause: outcome,
  })
}

/** Whether a program was ended because it took too long. */
export function isTimeout(error: unknown): boolean {
  return error instanceof ClambakeError && (error.cause as Partial<Outcome> | undefined)?.timedOut === true
}

/** Whether a process with this id runs, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !readStat(pid)?.hasEnded
  } catch (error) {
    if (isSystemError(error, 'ESRCH')) return false
    if (isSystemError(error, 'EPERM')) return true
    throw error
  }
}
