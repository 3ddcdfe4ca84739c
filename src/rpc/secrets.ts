import type {ChildProcess} from 'node:child_process'
import {closeSync, readFileSync} from 'node:fs'
import type {Writable} from 'node:stream'
import * as z from 'zod'

/** The number of the file that brings a process its secrets. */
const FILE = 3

/** Tells a process that its secrets come by that file; every program may read its environment. */
export const SECRETS_COME = {CLAMBAKE_SECRETS: 'pipe'} as const

const secrets = z.record(z.string(), z.string())

/** Writes a child's secrets into its fourth file, which has to be a pipe. */
export function giveSecrets(child: ChildProcess, given: Readonly<Record<string, string>>): void {
  const pipe = child.stdio[FILE] as Writable | null | undefined
  // A program that does not read them is none of Clambake's, or has ended.
  pipe?.on('error', () => {})
  pipe?.end(JSON.stringify(given))
}

/** Reads this process's secrets, once; none where it was started without. */
export function takeSecrets(): Record<string, string> {
  if (process.env.CLAMBAKE_SECRETS !== SECRETS_COME.CLAMBAKE_SECRETS) return {}
  delete process.env.CLAMBAKE_SECRETS
  const text = readFileSync(FILE, 'utf8')
  closeSync(FILE)
  return secrets.parse(JSON.parse(text))
}
