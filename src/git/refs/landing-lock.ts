import * as z from 'zod'
import {ClambakeError} from '../../base/errors.ts'
import type {LandingHolder} from '../../model/gateways/git.ts'
import {type LandingLock, landingLock} from '../../model/gateways/landing-lock.ts'
import {newNonce, type Records} from './records.ts'
import type {RemoteRefs} from './remote-refs.ts'

const landingRecord = z.object({version: z.literal(1), owner: z.string().min(1), nonce: z.string().min(8)})

type Landing = {
  /** null: an owner that is not in `dead` holds it. */
  acquire(owner: string, dead?: ReadonlySet<string>): Promise<LandingLock | null>
  /** Who holds the lock on the remote now, or when it was last fetched; `owner` is null when the record cannot be read. */
  holder(options?: {fetched: boolean}): Promise<LandingHolder | null>
  release(lock: LandingLock): Promise<void>
}

/** Takes and releases the lock under which one daemon at a time lands. A merge requires the lock as an argument. */
export function createLanding(options: {records: Records; refs: RemoteRefs}): Landing {
  const {records, refs} = options
  /** Locks that this process took. Another lock of the same owner is left over from before a restart. */
  const held = new Set<string>()

  const refName = async () => `${await records.namespace()}landing`

  async function holder({fetched} = {fetched: false}): Promise<LandingHolder | null> {
    if (!fetched) await records.refresh()
    const [found] = await records.seen('landing', landingRecord)
    if (!found) return null
    const {oid, ref} = found
    if (found.state === 'good') return {oid, ref, owner: found.record.owner}
    return {oid, ref, owner: null, unreadable: `${ref} cannot be read: ${found.problem}`}
  }

  async function take(owner: string, from: string | null): Promise<LandingLock | null> {
    const oid = await records.write(`landing by ${owner}`, {version: 1, owner, nonce: newNonce()})
    // Added before the push: a second caller must not take it for one that is left over from before a restart.
    held.add(oid)
    let won = false
    try {
      won = (await refs.push([{ref: await refName(), from, to: oid}], 'take the landing lock')).state === 'done'
    } finally {
      if (!won) held.delete(oid)
    }
    return won ? landingLock({oid, owner}) : null
  }

  return {
    holder,

    async acquire(owner, dead = new Set()) {
      const now = await holder()
      if (now === null) return take(owner, null)
      const isLeft = now.owner === owner ? !held.has(now.oid) : now.owner !== null && dead.has(now.owner)
      return isLeft ? take(owner, now.oid) : null
    },

    async release(lock) {
      try {
        const outcome = await refs.push([{ref: await refName(), from: lock.oid, to: null}], 'release the landing lock')
        if (outcome.state === 'done') return
      } finally {
        // A lock that could not be released counts as left over, so this daemon may take it again.
        held.delete(lock.oid)
      }
      throw new ClambakeError({
        code: 'landing-lost',
        message: 'the landing lock was taken over while it was held',
        kept: 'merges check their commit, so none went in untested',
        next: 'nothing to do: Clambake tries the landing again',
      })
    },
  }
}
