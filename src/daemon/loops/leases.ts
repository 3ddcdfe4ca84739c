import type {Clock} from '../../base/clock.ts'
import type {Claim} from '../../model/data/claim.ts'
import {isLeaseExpired, type LeaseSight, type OwnerLife, observeLease, ownerLife} from '../../model/data/lease.ts'
import type {GitGateway} from '../../model/gateways/git.ts'

/** Of an owner that does not say how long its lease is. */
const LEASE_MS = 10 * 60_000
/** What an owner says is a hint only: nobody is taken for dead sooner. */
const SHORTEST_MS = 1000

export type LeaseWatch = {
  /** Looks at all owners' leases. */
  look(): Promise<void>
  /** Owners that were seen unchanged for a whole lease, by this process's own clock; as of the last look. */
  dead(): ReadonlySet<Claim['record']['owner']>
  /** How an owner seems to stand, as of the last look. */
  life(owner: Claim['record']['owner']): OwnerLife
}

/**
 * Watches other daemons' leases; what was seen before this process is not believed. After a gap between two looks of
 * more than `longestGapMs` the watch begins anew: whatever kept us from looking, as a network that failed or a lid that
 * was closed, may have kept a living owner from renewing.
 */
export function createLeaseWatch(options: {
  git: Pick<GitGateway, 'owners'>
  clock: Pick<Clock, 'monotonic'>
  longestGapMs: number
}): LeaseWatch {
  const {git, clock, longestGapMs} = options
  let sights = new Map<string, {sight: LeaseSight; leaseMs: number}>()

  /** Of a slow answer the time counts that makes the owner look younger. */
  function seen(owner: string, oid: string, {asked, answered}: {asked: number; answered: number}): LeaseSight {
    const before = sights.get(owner)?.sight
    const goesOn = before !== undefined && before.oid === oid && asked - before.seen <= longestGapMs
    if (goesOn) return observeLease(before, {oid, at: asked})
    return observeLease(before?.oid === oid ? undefined : before, {oid, at: answered})
  }

  return {
    async look() {
      const asked = clock.monotonic()
      const owners = await git.owners()
      const times = {asked, answered: clock.monotonic()}
      sights = new Map(
        owners.map(({oid, record: {owner, leaseMs = LEASE_MS}}) => [
          owner,
          {sight: seen(owner, oid, times), leaseMs: Math.max(leaseMs, SHORTEST_MS)},
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
