import {createHash} from 'node:crypto'
import * as z from 'zod'
import {toErrorData} from '../../base/errors.ts'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import type {Log} from '../../base/log.ts'

/** Where the permissions are kept after the daemon ends. */
export type PermissionStore = {
  /** null: nothing was written yet. */
  read(): string | null
  write(text: string): void
}

/** One ticket's conversation; permissions do not hold for another ticket, nor for a new conversation of the same. */
export type PermissionScope = {ticket: number; session: string}

/** The calls that people always allow. */
export type StandingPermissions = {
  allows(scope: PermissionScope, call: string): boolean
  allow(scope: PermissionScope, call: string): void
  /** Forgets all other scopes: a finished ticket allows nothing. */
  keep(scopes: readonly PermissionScope[]): void
}

const memory = z.object({version: z.literal(1), allowed: z.record(z.string(), z.array(z.string()))})

/**
 * Remembers the calls that a person always allows: an exact call (tool, folder, whole input) of one ticket in one
 * conversation. The client forgets such a permission when its process ends, though the conversation continues in the
 * next one. So the daemon keeps it, in the state folder of the repository: it is one person's decision on one machine,
 * and belongs neither in the claim, which everyone can read, nor to another owner of the ticket. Calls are kept as
 * hashes, since a command line may hold a secret. A store that cannot be read allows nothing, so people are asked.
 */
export function createStandingPermissions({store, log}: {store: PermissionStore; log: Log}): StandingPermissions {
  let allowed = read()

  function read(): Readonly<Record<string, readonly string[]>> {
    try {
      const text = store.read()
      return text === null ? {} : memory.parse(JSON.parse(text)).allowed
    } catch (error) {
      log.warn('cannot read the standing permissions, so people are asked again', {error: toErrorData(error)})
      return {}
    }
  }

  function change(next: typeof allowed): void {
    allowed = next
    try {
      store.write(JSON.stringify({version: 1, allowed}))
    } catch (error) {
      log.warn('cannot write the standing permissions, so they end with the daemon', {error: toErrorData(error)})
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

/** Keeps the permissions in a file that only this user can read; it is written in one step. */
export function permissionFile(file: string): PermissionStore {
  return {
    read: () => textOrNull(file),
    write: text => writePrivateFile(file, text),
  }
}

function keyOf({ticket, session}: PermissionScope): string {
  return `${ticket} ${session}`
}

function hashOf(call: string): string {
  return createHash('sha256').update(call).digest('hex')
}
