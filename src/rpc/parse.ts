import * as z from 'zod'
import {ClambakeError, hasCode, toErrorData} from '../base/errors.ts'
import {errorData} from '../protocol/error-data.ts'
import {type Hello, hello} from '../protocol/hello.ts'
import type {RpcMessage} from '../protocol/rpc-message.ts'

const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('request'),
    id: z.number(),
    method: z.string(),
    params: z.unknown(),
    trace: z.string().exactOptional(),
  }),
  z.object({kind: z.literal('result'), id: z.number(), result: z.unknown()}),
  z.object({kind: z.literal('error'), id: z.number(), error: errorData}),
  z.object({kind: z.literal('topic'), topic: z.string(), data: z.unknown()}),
])

/** Checks a message's envelope; the handler checks its parameters. Throws `bad-frame`. */
export function parseMessage(value: unknown): RpcMessage {
  const parsed = message.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ClambakeError({code: 'bad-frame', message: 'The socket received an unknown kind of message'})
}

const anyHello = z.looseObject({protocol: z.number()})

/** Checks the other side's hello. Throws `bad-hello`, or `version-mismatch`, which names both processes and a remedy. */
export function parseHello(value: unknown, own: Hello): Hello {
  const some = anyHello.safeParse(value)
  if (some.success && some.data.protocol !== own.protocol) throw versionMismatch(some.data, own)
  const parsed = hello.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ClambakeError({code: 'bad-hello', message: 'The process on the other end of the socket is not Clambake'})
}

/** What to do about a process of another version; every version understands SIGTERM. */
const ADVICE: Record<string, (pid: unknown) => string> = {
  daemon: pid => `end it with kill ${pid}, then start again; agents keep running`,
  host: pid => `let its agents finish, or end them with kill ${pid}, then start again; their worktrees stay`,
}

function versionMismatch(other: Record<string, unknown>, own: Hello): ClambakeError {
  const role = typeof other.role === 'string' ? other.role : 'process'
  return new ClambakeError({
    code: 'version-mismatch',
    message: `The ${role} (pid ${other.pid}) is version ${other.version}, protocol ${other.protocol}; this ${own.role} is version ${own.version}, protocol ${own.protocol}`,
    kept: 'the other process was left alone',
    next:
      (Object.hasOwn(ADVICE, role) ? ADVICE[role]?.(other.pid) : undefined) ??
      'use the same version of clambake on both sides',
  })
}

/** What a daemon of another build does not know, or takes in another form. */
const REFUSED = ['unknown-method', 'bad-params', 'bad-frame'] as const

/** The error for a daemon whose answers this program may misread. `why`: what went wrong already. */
export function otherBuild(peer: Hello, why?: string): ClambakeError {
  return new ClambakeError({
    code: 'version-mismatch',
    message: `The daemon (pid ${peer.pid}) is of another build of clambake than this program${why === undefined ? '' : `: ${why}`}`,
    kept: 'the daemon was left alone, and works on',
    next: 'clambake daemon restart, with the newer of the two; agents keep running',
  })
}

/** Says of an error that the daemon's other build explains what to do about it; gives others as they are. */
export function explainedBy(peer: Hello, error: unknown): unknown {
  if (hasCode(error, ...REFUSED)) return otherBuild(peer, error.message)
  return toErrorData(error).code === 'internal' ? otherBuild(peer, 'its answer cannot be read') : error
}
