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
}

/** Takes one look into account; any change of the ref starts the watch anew. */
export function observeLease(before: LeaseSight | undefined, look: {oid: string | null; at: number}): LeaseSight {
  if (before === undefined || before.oid !== look.oid) return {oid: look.oid, since: look.at, seen: look.at}
  return {...before, seen: look.at}
}

/** Whether the owner may be taken over. Time between looks counts only up to the latest look. */
export function isLeaseExpired(sight: LeaseSight, leaseMs: number): boolean {
  return sight.seen - sight.since >= leaseMs
}
