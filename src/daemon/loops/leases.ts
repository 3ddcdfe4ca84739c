import type {Clock} from '../../base/clock.ts'
import type {Claim} from '../../model/data/claim.ts'
import {isLeaseExpired, type LeaseSight, type OwnerLife, observeLease, ownerLife} from '../../model/data/lease.ts'
import type {GitGateway} from '../../model/gateways/git.ts'

/** The lease of an owner that does not name its length. */
const LEASE_MS = 10 * 60_000
/** No owner counts as dead sooner, whatever lease it names. */
const SHORTEST_MS = 1000

type LeaseWatch = {
  /** Reads all owners' leases. */
  look(): Promise<void>
  /** Owners that did not renew for a whole lease by this process's own clock, as of the last look. */
  dead(): ReadonlySet<Claim['record']['owner']>
  /** Whether an owner renews its lease, as of the last look. */
  life(owner: Claim['record']['owner']): OwnerLife
}

/**
 * Watches other daemons' leases, by observations of this process only. After a gap of more than `longestGapMs` between
 * two looks the watch starts over: what prevented the look, such as a failed network or a closed lid, may also have
 * kept a living owner from renewing.
 */
export function createLeaseWatch(options: {
  git: Pick<GitGateway, 'owners'>
  clock: Pick<Clock, 'monotonic'>
  longestGapMs: () => number
}): LeaseWatch {
  const {git, clock, longestGapMs} = options
  let observed = new Map<string, {sight: LeaseSight; leaseMs: number}>()

  /** Of a slow answer, the time counts that favours the owner. */
  function seen(owner: string, oid: string, {asked, answered}: {asked: number; answered: number}): LeaseSight {
    const before = observed.get(owner)?.sight
    const continues = before !== undefined && before.oid === oid && asked - before.seen <= longestGapMs()
    if (continues) return observeLease(before, {oid, at: asked})
    return observeLease(before?.oid === oid ? undefined : before, {oid, at: answered})
  }

  return {
    async look() {
      const asked = clock.monotonic()
      const owners = await git.owners()
      const times = {asked, answered: clock.monotonic()}
      observed = new Map(
        owners.map(({oid, record: {owner, leaseMs = LEASE_MS}}) => [
          owner,
          {sight: seen(owner, oid, times), leaseMs: Math.max(leaseMs, SHORTEST_MS)},
        ]),
      )
    },
    life(owner) {
      const known = observed.get(owner)
      return ownerLife(known?.sight, known?.leaseMs ?? LEASE_MS)
    },
    dead: () =>
      new Set([...observed].filter(([, {sight, leaseMs}]) => isLeaseExpired(sight, leaseMs)).map(([owner]) => owner)),
  }
}
