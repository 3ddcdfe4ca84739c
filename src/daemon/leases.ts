import type {Claim} from '../model/claim.ts'
import type {GitGateway} from '../model/gateways.ts'
import {isLeaseExpired, type LeaseSight, type OwnerLife, observeLease, ownerLife} from '../model/lease.ts'

/** Of an owner that does not say how long its lease is. */
const LEASE_MS = 10 * 60_000
/** What an owner says is a hint only: nobody is taken for dead sooner. */
const SHORTEST_MS = 1000

export type LeaseWatch = {
  /** Takes a look at all owners' leases; `at` is monotonic milliseconds. */
  look(at: number): Promise<void>
  /** Owners that were seen unchanged for a whole lease, by this process's own clock. */
  dead(): ReadonlySet<Claim['record']['owner']>
  life(owner: Claim['record']['owner']): OwnerLife
}

/** Watches other daemons' leases; what was seen before this process is not believed. */
export function createLeaseWatch(git: Pick<GitGateway, 'owners'>): LeaseWatch {
  let sights = new Map<string, {sight: LeaseSight; leaseMs: number}>()
  return {
    async look(at) {
      const owners = await git.owners()
      sights = new Map(
        owners.map(({oid, record: {owner, leaseMs = LEASE_MS}}) => [
          owner,
          {
            sight: observeLease(sights.get(owner)?.sight, {oid, at}),
            leaseMs: Math.max(leaseMs, SHORTEST_MS),
          },
        ]),
      )
    },
    life(owner) {
      const known = sights.get(owner)
      return ownerLife(known?.sight, known?.leaseMs ?? LEASE_MS)
    },
    dead: () =>
      new Set([...sights].filter(([, {sight, leaseMs}]) => isLeaseExpired(sight, leaseMs)).map(([owner]) => owner)),
  }
}
