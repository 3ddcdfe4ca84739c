import type {Clock} from '../../base/clock.ts'
import {age} from '../../base/duration.ts'
import type {ErrorData} from '../../base/errors.ts'
import type {GitWithLanding} from '../../model/gateways/git.ts'

/** A merge holds the lock for seconds; one that cannot be read and stays for so long is shown to a person. */
const SHOWN_AFTER_MS = 5 * 60_000

/**
 * Looks for a landing lock that cannot be read, as of a newer version: whose it is is not known, so it is never taken over,
 * and nothing lands here while it is there. Gives what a person should know; null: nothing.
 */
export function createLandingWatch({git, clock}: {git: Pick<GitWithLanding, 'landingHolder'>; clock: Clock}) {
  let seen: {oid: string; since: number} | null = null

  return async (): Promise<ErrorData | null> => {
    const holder = await git.landingHolder({fetched: true})
    if (holder?.unreadable === undefined) {
      seen = null
      return null
    }
    if (seen?.oid !== holder.oid) seen = {oid: holder.oid, since: clock.monotonic()}
    const ms = clock.monotonic() - seen.since
    if (ms < SHOWN_AFTER_MS) return null
    return {
      code: 'newer-record',
      message: `Nothing lands here: the landing lock is held for ${age(ms)}, and ${holder.unreadable}`,
      kept: 'bottled work and its claims',
      next: `update clambake here; if no newer one works on this repository any more: git push origin :${holder.ref}`,
      exitCode: 1,
    }
  }
}
