import type {ErrorCode} from './error-codes.ts'

/**
 * Exit codes of every command: 0 good, 1 something needs a human, 2 usage or configuration; 130, as of whatever ends
 * by SIGINT, when a question is left with Ctrl-C.
 */
export const EXIT = {good: 0, needsHuman: 1, usage: 2, interrupted: 130} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export type ClambakeErrorInit = {
  /** Stable machine name in kebab-case, for `--json` and tests: `not-a-repository`. */
  code: ErrorCode
  /** What happened and where, one sentence without a full stop. */
  message: string
  /** What was kept: work, files, claims. */
  kept?: string
  /** What to do next: a command or a key. */
  next?: string
  exitCode?: ExitCode
  cause?: unknown
}

/**
 * An error that a person can act on. It is printed as its sentence, what is kept and what to do next,
 * never with a stack trace; anything that is not a ClambakeError is a defect of ours.
 */
export class ClambakeError extends Error {
  readonly code: ErrorCode
  readonly kept: string | undefined
  readonly next: string | undefined
  readonly exitCode: ExitCode

  constructor(init: ClambakeErrorInit) {
    super(init.message, init.cause === undefined ? undefined : {cause: init.cause})
    this.name = 'ClambakeError'
    this.code = init.code
    this.kept = init.kept
    this.next = init.next
    this.exitCode = init.exitCode ?? EXIT.needsHuman
  }

  /** Plain data for a wire or for `--json`. */
  toJSON(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      exitCode: this.exitCode,
      ...(this.kept === undefined ? {} : {kept: this.kept}),
      ...(this.next === undefined ? {} : {next: this.next}),
    }
  }
}

export type ErrorData = {code: ErrorCode; message: string; exitCode: ExitCode; kept?: string; next?: string}

/** Wrong usage or configuration: exit code 2. */
export function usageError(init: Omit<ClambakeErrorInit, 'exitCode'>): ClambakeError {
  return new ClambakeError({...init, exitCode: EXIT.usage})
}

/** Any thrown value as data; an unexpected one gets the code `internal`. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof ClambakeError) return error.toJSON()
  return {code: 'internal', message: messageOf(error), exitCode: EXIT.needsHuman}
}

/** The error that `toErrorData` described, on the other side of a wire. */
export function fromErrorData(data: ErrorData): ClambakeError {
  return new ClambakeError(data)
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
