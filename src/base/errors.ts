import type {ErrorCode} from './error-codes.ts'

/**
 * Exit codes of every command: 0 good, 1 something needs a person, 2 usage or configuration, 130 Ctrl-C at a question (as
 * for any program that ends by SIGINT).
 */
export const EXIT = {good: 0, needsHuman: 1, usage: 2, interrupted: 130} as const

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
  exitCode?: ExitCode
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

  constructor(init: ClambakeErrorInit) {
    super(init.message, init.cause === undefined ? undefined : {cause: init.cause})
    this.name = 'ClambakeError'
    this.code = init.code
    this.kept = init.kept
    this.next = init.next
    this.said = init.said
    this.exitCode = init.exitCode ?? EXIT.needsHuman
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
export function usageError(init: Omit<ClambakeErrorInit, 'exitCode'>): ClambakeError {
  return new ClambakeError({...init, exitCode: EXIT.usage})
}

/** Turns any thrown value into data; an unexpected one gets the code `internal`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof ClambakeError) return error.toJSON()
  if (isSystemError(error, 'ENOSPC') || isSystemError(error, 'EDQUOT')) return diskFull(messageOf(error)).toJSON()
  return {code: 'internal', message: messageOf(error), exitCode: EXIT.needsHuman}
}

/** Makes the error again from the data of `toErrorData`, on the other side of a socket. */
export function fromErrorData(data: ErrorData): ClambakeError {
  return new ClambakeError(data)
}

/** The error of a disk, or a user's share of it, that takes no more. */
export function diskFull(detail: string): ClambakeError {
  return new ClambakeError({
    code: 'disk-full',
    message: `The disk is full: ${detail}`,
    kept: 'everything that was stored before',
    next: 'free space; Clambake tries again by itself',
  })
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
