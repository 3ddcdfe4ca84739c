import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import * as z from 'zod'
import type {Clock} from '../../base/clock.ts'
import {toErrorData} from '../../base/errors.ts'
import {writePrivateFile} from '../../base/files.ts'
import type {Log} from '../../base/log.ts'

/** Until when GitHub wants no request, known to all processes that ask it for the same repository. */
export type SharedLimit = {
  /** Milliseconds since 1970; null: GitHub asks for no wait. */
  read(): number | null
  write(until: number): void
}

/** GitHub never asks for a longer wait; a longer one was written before the clock jumped. */
export const LONGEST_MS = 60 * 60 * 1000

const shape = z.object({limitedUntil: z.number()})

/**
 * Keeps the limit in a small file of the user's state folder. GitHub counts by the token, whichever process, clone or command
 * spends it. A file that cannot be read or written costs only the sharing.
 */
export function sharedLimitFile(options: {
  state: string
  apiUrl: string
  repository: string
  clock: Clock
  log: Log
  /** Reads the limits of others and shares none. */
  readOnly?: boolean
}): SharedLimit {
  const {state, apiUrl, repository, clock, log} = options
  const key = createHash('sha256').update(`${apiUrl} ${repository.toLowerCase()}`).digest('hex').slice(0, 12)
  const file = join(state, 'limits', `${key}.json`)
  let known: {stamp: string; until: number | null} = {stamp: '', until: null}
  return {
    read() {
      const stamp = stampOf(file)
      // Asked before every request: the text is read again only when the file is another.
      if (stamp !== known.stamp) known = {stamp, until: stamp === '' ? null : untilIn(file)}
      const {until} = known
      return until !== null && until <= clock.now() + LONGEST_MS ? until : null
    },
    write(until) {
      if (options.readOnly) return
      try {
        mkdirSync(dirname(file), {recursive: true, mode: 0o700})
        writePrivateFile(file, JSON.stringify({limitedUntil: until}))
      } catch (error) {
        log.warn('other processes do not learn of the rate limit', {file, error: toErrorData(error)})
      }
    },
  }
}

/** A stamp that changes with every write; empty: there is no file. */
function stampOf(file: string): string {
  try {
    const {mtimeMs, ino} = statSync(file)
    return `${mtimeMs} ${ino}`
  } catch {
    return ''
  }
}

/** The time in the file; null for a torn or unreadable one. */
function untilIn(file: string): number | null {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8'))).limitedUntil
  } catch {
    return null
  }
}
