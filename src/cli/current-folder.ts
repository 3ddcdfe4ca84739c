import {resolve} from 'node:path'
import {isSystemError, usageError} from '../base/errors.ts'

/** The whole path of a folder, as seen from the one that the person is in. Throws `no-such-folder` where that was removed. */
export function folderFromHere(folder = '.'): string {
  try {
    return resolve(folder)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    throw usageError({
      code: 'no-such-folder',
      message: 'The folder that you are in was removed',
      next: 'cd into your repository and repeat the command',
    })
  }
}
