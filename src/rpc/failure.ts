import {readFileSync, renameSync, writeFileSync} from 'node:fs'
import {type ClambakeError, type ErrorData, fromErrorData, isSystemError} from '../base/errors.ts'
import {errorData} from '../protocol/error-data.ts'

/** Writes why this process could not start, for the process that waits for it. */
export function writeFailure(file: string, error: ErrorData): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(error), {mode: 0o600})
  renameSync(draft, file)
}

/** Reads why a process could not start; undefined: it wrote nothing. */
export function readFailure(file: string): ClambakeError | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
  return fromErrorData(errorData.parse(JSON.parse(text)))
}
