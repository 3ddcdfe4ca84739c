import {createHash} from 'node:crypto'
import {readFileSync, renameSync, writeFileSync} from 'node:fs'
import {z} from 'zod'
import {isSystemError, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'

/** Where the memory outlives the daemon. */
export type PermissionStore = {
  /** null: there is none yet. */
  read(): string | null
  write(text: string): void
}

/** One ticket's conversation; another ticket, or a new conversation of the same, is asked anew. */
export type PermissionScope = {ticket: number; session: string}

/** What people allowed for good. */
export type StandingPermissions = {
  allows(scope: PermissionScope, call: string): boolean
  allow(scope: PermissionScope, call: string): void
  /** Forgets everything else: a ticket that is done allows nothing any more. */
  keep(scopes: readonly PermissionScope[]): void
}

const memory = z.object({version: z.literal(1), allowed: z.record(z.string(), z.array(z.string()))})

/**
 * "Always" is an exact call (tool, folder, whole input) of one ticket in one conversation. The client keeps what it was
 * told for its session; that ends with its process, and the conversation goes on in the next. So it is remembered here,
 * by the daemon and beyond its end: in the state folder of the repository, since it is one person's word on one
 * machine, which neither the claim (everybody reads it) nor another owner of the ticket may take for theirs. Calls are
 * kept as hashes: a command line may hold what belongs in no file. What cannot be read allows nothing: people are asked.
 */
export function createStandingPermissions({store, log}: {store: PermissionStore; log: Log}): StandingPermissions {
  let allowed = read()

  function read(): Readonly<Record<string, readonly string[]>> {
    try {
      const text = store.read()
      return text === null ? {} : memory.parse(JSON.parse(text)).allowed
    } catch (error) {
      log.warn('what was allowed for good cannot be read, so it is asked for again', {error: toErrorData(error)})
      return {}
    }
  }

  function change(next: typeof allowed): void {
    allowed = next
    try {
      store.write(JSON.stringify({version: 1, allowed}))
    } catch (error) {
      log.warn('what was allowed for good is lost with the daemon', {error: toErrorData(error)})
    }
  }

  return {
    allows: (scope, call) => allowed[keyOf(scope)]?.includes(hashOf(call)) ?? false,
    allow(scope, call) {
      const key = keyOf(scope)
      const calls = new Set([...(allowed[key] ?? []), hashOf(call)])
      change({...allowed, [key]: [...calls]})
    },
    keep(scopes) {
      const keys = new Set(scopes.map(keyOf))
      const left = Object.entries(allowed).filter(([key]) => keys.has(key))
      if (left.length < Object.keys(allowed).length) change(Object.fromEntries(left))
    },
  }
}

/** A file of this user's; it is there as a whole or not at all. */
export function permissionFile(file: string): PermissionStore {
  return {
    read() {
      try {
        return readFileSync(file, 'utf8')
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return null
        throw error
      }
    },
    write(text) {
      const draft = `${file}.${process.pid}`
      writeFileSync(draft, text, {mode: 0o600})
      renameSync(draft, file)
    },
  }
}

function keyOf({ticket, session}: PermissionScope): string {
  return `${ticket} ${session}`
}

function hashOf(call: string): string {
  return createHash('sha256').update(call).digest('hex')
}
