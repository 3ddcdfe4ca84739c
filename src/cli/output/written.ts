import type {Writable} from 'node:stream'

/**
 * Resolves once everything that was written to a stream has left the process, or nobody reads it any more. A pipe takes
 * 64 KiB at a time, and the rest is lost when the process exits before its reader has asked for it.
 */
export async function allWritten(stream: Writable): Promise<void> {
  if (!stream.writableLength || stream.destroyed) return
  await new Promise<void>(resolve => {
    stream.once('error', () => resolve())
    stream.once('close', () => resolve())
    stream.write('', () => resolve())
  })
}
