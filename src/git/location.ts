import {realpath} from 'node:fs/promises'
import {isSystemError} from '../base/errors.ts'
import {openErrors} from './command/failures.ts'

/** Where a repository is on disk; real paths. */
export type Location = {
  /** The main checkout, also when asked from a linked worktree. */
  root: string
  /** What all worktrees share; the repository's key. */
  commonDir: string
}

/** The real path of a folder; throws `not-a-repository` where there is none. */
export async function realFolder(dir: string): Promise<string> {
  try {
    return await realpath(dir)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) throw openErrors.notARepository(dir)
    throw error
  }
}
