import type {Claim} from '../model/claim.ts'
import type {GitGateway} from '../model/gateways.ts'
import {isLeaseExpired, type LeaseSight, observeLease} from '../model/lease.ts'

/** A daemon renews its lease three times in this time; a whole one without a change means that it is gone. */
export const LEASE_MS = 10 * 60_000

export type LeaseWatch = {
  /** Takes a look at all owners' leases; `at` is monotonic milliseconds. */
  look(at: number): Promise<void>
  /** Owners that were seen unchanged for a whole lease, by this process's own clock. */
  dead(): ReadonlySet<Claim['record']['owner']>
}

/** Watches other daemons' leases; what was seen before this process is not believed. */
export function createLeaseWatch(git: Pick<GitGateway, 'owners'>): LeaseWatch {
  let sights = new Map<string, LeaseSight>()
  return {
    async look(at) {
      const owners = await git.owners()
      sights = new Map(owners.map(({oid, record}) => [record.owner, observeLease(sights.get(record.owner), {oid, at})]))
    },
    dead: () => new Set([...sights].filter(([, sight]) => isLeaseExpired(sight, LEASE_MS)).map(([owner]) => owner)),
  }
}
