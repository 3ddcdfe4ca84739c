import {ClambakeError, usageError} from '../../base/errors.ts'
import {leaseLength, type OwnerRecord, ownerRecord} from '../../model/data/claim.ts'
import {newNonce, type Records} from './records.ts'
import type {PushOutcome, RefUpdate, RemoteRefs} from './remote-refs.ts'

/** A lease that cannot be read is no shorter than any. */
const UNREADABLE_MS = 24 * 3600_000

export type Owners = {
  renew(owner: Omit<OwnerRecord, 'nonce' | 'version'>): Promise<void>
  /** All leases; of one that cannot be read, as of a newer version, the ref says whose it is and that it was renewed. */
  all(): Promise<readonly {oid: string; record: Pick<OwnerRecord, 'owner' | 'leaseMs'>}[]>
}

/** Owner names become refs: letters, digits, dots, dashes, underscores. Throws `bad-owner`. */
function checkOwner(owner: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|lock\b|$)){0,99}$/.test(owner)) return owner
  throw usageError({
    code: 'bad-owner',
    message: `${JSON.stringify(owner)} cannot be the name of a daemon`,
    next: 'use letters, digits, dots, - and _, at most 100 of them',
  })
}

/** Keeps one lease ref for each daemon. A restarted daemon's first renewal takes over the ref that it left. */
export function createOwners(options: {records: Records; refs: RemoteRefs}): Owners {
  const {records, refs} = options
  /** The commit that this process last wrote to each ref. */
  const last = new Map<string, string>()
  /** Commits of renewals without an answer, which may have been made all the same. */
  const unanswered = new Set<string>()

  async function push(update: RefUpdate & {to: string}): Promise<PushOutcome> {
    try {
      const outcome = await refs.push([update], 'renew its lease')
      if (outcome.state === 'done') unanswered.clear()
      return outcome
    } catch (error) {
      unanswered.add(update.to)
      throw error
    }
  }

  return {
    async renew(owner) {
      const ref = `${await records.namespace()}owners/${checkOwner(owner.owner)}`
      const oid = await records.write(`owner ${owner.owner}, beat ${owner.beat}`, {
        ...owner,
        version: 1,
        nonce: newNonce(),
      })
      const known = last.get(ref) ?? (await records.look(ref, ownerRecord))?.oid ?? null
      let outcome = await push({ref, from: known, to: oid})
      const found = outcome.state === 'moved' ? (outcome.found.get(ref) ?? null) : null
      // It was deleted from outside. No other daemon uses the name, and the claims' fences still guard the work.
      if (outcome.state === 'moved' && (found === null || unanswered.has(found))) {
        outcome = await push({ref, from: found, to: oid})
      }
      if (outcome.state === 'moved') {
        throw new ClambakeError({
          code: 'owner-taken',
          message: `another daemon runs under the name ${owner.owner}`,
          kept: 'its claims and work were not touched',
          next: 'end one of the two',
        })
      }
      last.set(ref, oid)
    },

    async all() {
      await records.refresh()
      const found = await records.seen('owners/', ownerRecord)
      return found.map(lease => {
        const {oid, ref} = lease
        if (lease.state === 'good') return {oid, record: lease.record}
        const leaseMs = leaseLength.safeParse(lease.data).data?.leaseMs ?? UNREADABLE_MS
        return {oid, record: {owner: ref.slice(ref.lastIndexOf('/') + 1), leaseMs}}
      })
    },
  }
}
