import * as z from 'zod'

/** The version of the protocol; raised when the meaning of a message changes. */
export const PROTOCOL_VERSION = 1

/** The first message on every connection, from both sides. */
export const hello = z.object({
  protocol: z.number().int(),
  /** Version of the program. */
  version: z.string(),
  role: z.enum(['host', 'daemon', 'client', 'command']),
  pid: z.number().int(),
  /** Identifies one run of the process; every start has another. */
  instance: z.string(),
  /** A file of the server's that the caller keeps open, so that the server knows its process. */
  proof: z.string().exactOptional(),
  /** What it sends and understands, as `SHAPE` of its build; programs before 30 November 2026 have none. */
  shape: z.string().exactOptional(),
})
export type Hello = z.infer<typeof hello>

/**
 * Whether the other process is of another build, whose answers may lack what this one reads. Versions do not tell: one lasts
 * for many builds.
 */
export function isOtherBuild(own: Hello, peer: Hello): boolean {
  return own.shape !== peer.shape
}
