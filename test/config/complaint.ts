import {ClambakeError} from '../../src/base/errors.ts'
import {parseConfig} from '../../src/config/load.ts'

/** What is wrong with a file, as a person reads it; `nothing` if it is right. */
export function complaint(toml: string): string {
  try {
    parseConfig(toml)
  } catch (error) {
    if (error instanceof ClambakeError && error.exitCode === 2) return error.message
    throw error
  }
  return 'nothing'
}
