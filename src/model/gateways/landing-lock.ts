/** The brand of a held lock. It is not exported, so no other file can write a value of the type. */
const HELD: unique symbol = Symbol('held landing lock')

/** A proof that this daemon holds `refs/clambake/landing`; merges ask for it. */
export type LandingLock = {readonly oid: string; readonly owner: string; readonly [HELD]: true}

/** Makes the proof. Only a git gateway that took the lock calls it; the architecture test admits no other importer. */
export function landingLock({oid, owner}: {oid: string; owner: string}): LandingLock {
  return {oid, owner, [HELD]: true}
}
