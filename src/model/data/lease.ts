/**
 * Take-over without trusting anyone's clock: an owner's ref that an observer saw unchanged for a whole lease, on the
 * observer's own monotonic clock, has no living owner.
 */
export type LeaseSight = {
  /** What the ref held; null: it was absent. */
  oid: string | null
  /** Monotonic milliseconds of the first look that found this. */
  since: number
  /** Monotonic milliseconds of the latest look. */
  seen: number
  /** A look has found it changed: somebody renewed it. */
  renewed: boolean
}

/**
 * Whether an owner seems alive. `quiet`: no look saw its lease renewed for `ms`, which is too short to call it dead;
 * `unknown`: it has no lease, or no look was taken yet.
 */
export type OwnerLife = {is: 'renews' | 'dead' | 'unknown'} | {is: 'quiet'; ms: number}

/** Takes one look into account; any change of the ref restarts the watch. */
export function observeLease(before: LeaseSight | undefined, look: {oid: string | null; at: number}): LeaseSight {
  if (before?.oid !== look.oid) return {oid: look.oid, since: look.at, seen: look.at, renewed: before !== undefined}
  return {...before, seen: look.at}
}

/** Whether the owner may be taken over. Time between looks counts only up to the latest look. */
export function isLeaseExpired(sight: LeaseSight, leaseMs: number): boolean {
  return sight.seen - sight.since >= leaseMs
}

/** What the looks at an owner's lease say of it. */
export function ownerLife(sight: LeaseSight | undefined, leaseMs: number): OwnerLife {
  if (sight === undefined || sight.oid === null) return {is: 'unknown'}
  if (isLeaseExpired(sight, leaseMs)) return {is: 'dead'}
  const ms = sight.seen - sight.since
  // It is renewed thrice in its time, and we look as often: one that fails is no sign yet.
  return sight.renewed && ms < (2 * leaseMs) / 3 ? {is: 'renews'} : {is: 'quiet', ms}
}
