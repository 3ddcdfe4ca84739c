import {ClambakeError} from '../base/errors.ts'

/**
 * Resolves at SIGINT or SIGTERM, or when no one reads the output any more. Throws `not-running` when the daemon ends, as
 * what is shown is no longer kept up to date.
 */
export async function untilInterrupted(ended: Promise<void>): Promise<void> {
  const stop = Promise.withResolvers<'interrupted'>()
  const end = () => stop.resolve('interrupted')
  process.once('SIGINT', end).once('SIGTERM', end)
  process.stdout.once('close', end)
  try {
    if ((await Promise.race([stop.promise, ended])) === 'interrupted') return
    throw new ClambakeError({
      code: 'not-running',
      message: 'The daemon has ended: there is nothing more to follow',
      next: 'clambake daemon start, then run the command again',
    })
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
    process.stdout.off('close', end)
  }
}
