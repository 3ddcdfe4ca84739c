import {type ErrorCode, USAGE_CODES, type UsageCode} from './error-codes.ts'
import {FAULTS, type FaultCode, faultOf} from './machine/faults.ts'

/** Exit codes of every command. EXIT_MEANINGS says what each means. */
export const EXIT = {good: 0, needsHuman: 1, usage: 2, interrupted: 130} as const

/** What the exit codes mean, as `--help`, the manual page and the README say it. */
export const EXIT_MEANINGS: readonly [code: ExitCode, meaning: string][] = [
  [EXIT.good, 'good'],
  [EXIT.needsHuman, 'something needs a person: refused, not found, not confirmed, or GitHub does not answer'],
  [EXIT.usage, 'usage or configuration: it is wrong whatever the issues are, and nothing was done'],
  [EXIT.interrupted, 'Ctrl-C'],
]

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

type ClambakeErrorInit = {
  /** Stable machine name in kebab-case, for `--json` and tests: `not-a-repository`. */
  code: ErrorCode
  /** What happened and where, one sentence without a full stop. */
  message: string
  /** What was not lost: work, files, claims. */
  kept?: string
  /** What to do next: a command or a key. */
  next?: string
  /** What the other side said of it, in its own words and lines, safe to show. */
  said?: string
  cause?: unknown
}

/**
 * An error that a person can act on. Commands print its message, what was kept and what to do next, never a stack trace.
 * Any other error is a bug of Clambake.
 */
export class ClambakeError extends Error {
  readonly code: ErrorCode
  readonly kept: string | undefined
  readonly next: string | undefined
  readonly said: string | undefined
  readonly exitCode: ExitCode

  /** The exit code comes from the error's code; `exitCode` is for a code of a newer version. */
  constructor(init: ClambakeErrorInit, exitCode: ExitCode = exitOf(init.code)) {
    super(init.message, init.cause === undefined ? undefined : {cause: init.cause})
    this.name = 'ClambakeError'
    this.code = init.code
    this.kept = init.kept
    this.next = init.next
    this.said = init.said
    this.exitCode = exitCode
  }

  /** The error as plain data, for a socket or for `--json`. */
  toJSON(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      exitCode: this.exitCode,
      ...(this.kept === undefined ? {} : {kept: this.kept}),
      ...(this.next === undefined ? {} : {next: this.next}),
      ...(this.said === undefined ? {} : {said: this.said}),
    }
  }
}

export type ErrorData = {
  code: ErrorCode
  message: string
  exitCode: ExitCode
  kept?: string
  next?: string
  said?: string
}

/** An error of usage or configuration, with exit code 2. */
export function usageError(init: ClambakeErrorInit & {code: UsageCode}): ClambakeError {
  return new ClambakeError(init)
}

/** The exit code of a command that ends with an error of this code. */
export function exitOf(code: ErrorCode): ExitCode {
  if (code === 'interrupted') return EXIT.interrupted
  return USAGE_CODES.has(code) ? EXIT.usage : EXIT.needsHuman
}

/** Turns any thrown value into data; what the machine refuses gets its fault's code, an unexpected one `internal`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof ClambakeError) return error.toJSON()
  const fault = faultOf(error)
  if (fault !== null) return machineError(fault, messageOf(error)).toJSON()
  return {code: 'internal', message: messageOf(error), exitCode: EXIT.needsHuman}
}

/** Makes the error again from the data of `toErrorData`, on the other side of a socket. */
export function fromErrorData(data: ErrorData): ClambakeError {
  return new ClambakeError(data, data.exitCode)
}

/** The error of what this machine refuses; `detail` is what the system says of it. */
export function machineError(code: FaultCode, detail: string): ClambakeError {
  return new ClambakeError(FAULTS[code](detail))
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Whether a value is a ClambakeError with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is ClambakeError {
  return error instanceof ClambakeError && codes.includes(error.code)
}

/** Whether a value is a Node system error with this code: `ENOENT`, `EEXIST`. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
