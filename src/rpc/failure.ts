import {type ClambakeError, type ErrorData, fromErrorData} from '../base/errors.ts'
import {textOrNull, writePrivateFile} from '../base/files.ts'
import {errorData} from '../protocol/error-data.ts'

/** Writes why this process could not start, for the process that waits for it. */
export function writeFailure(file: string, error: ErrorData): void {
  writePrivateFile(file, JSON.stringify(error))
}

/** Reads why a process could not start; undefined: it wrote nothing that can be read. */
export function readFailure(file: string): ClambakeError | undefined {
  const text = textOrNull(file)
  if (text === null) return undefined
  try {
    return fromErrorData(errorData.parse(JSON.parse(text)))
  } catch {
    return undefined // The end of its log says why.
  }
}
