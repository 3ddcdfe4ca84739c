import {ClambakeError} from '../base/errors.ts'
import {TroubleError} from './trouble.ts'

/** Gives a result of the hub, or what a person is to know when it cannot be had. */
export async function orUnavailable<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    if (!(error instanceof TroubleError)) throw error
    throw new ClambakeError({
      code: 'hub-unavailable',
      message: `the hub cannot be used: ${error.message}`,
      kept: 'claims, branches and pull requests do not depend on it',
      next: 'clambake doctor shows the reason; clambake tries again by itself',
      cause: error,
    })
  }
}
