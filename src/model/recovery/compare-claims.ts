import type {Claim} from '../data/claim.ts'

/** How the claims on the remote differ from those that this daemon holds. */
export type ComparedClaims = {
  /** Claims of other daemons on issues that this daemon held. */
  taken: readonly Claim[]
  /** Claims of this daemon that it does not know. */
  forgotten: readonly Claim[]
  /** Issues whose claim this daemon holds and two looks in a row did not find. */
  gone: readonly number[]
  /** In how many looks in a row the remote did not have a claim, by its commit. */
  missing: ReadonlyMap<string, number>
}

/**
 * Compares the claims that a look found with those that this daemon held before the look and holds after it: a claim that
 * it moved, took or gave back meanwhile says nothing. Pure.
 */
export function compareClaims(look: {
  owner: string
  found: readonly Claim[]
  heldBefore: readonly Claim[]
  heldAfter: readonly Claim[]
  /** `missing` of the look before. */
  missing: ReadonlyMap<string, number>
}): ComparedClaims {
  const {owner, found, heldBefore, heldAfter} = look
  const oidsBefore = new Set(heldBefore.map(({oid}) => oid))
  const unmoved = new Set(heldAfter.filter(({oid}) => oidsBefore.has(oid)).map(issueOf))
  const known = new Set([...heldBefore, ...heldAfter].map(issueOf))
  const present = new Set(found.map(issueOf))
  // One that this daemon is giving back just now is gone before its answer is here; in the next look it is not held.
  const absent = heldBefore.filter(claim => unmoved.has(issueOf(claim)) && !present.has(issueOf(claim)))
  const missing = new Map(absent.map(({oid}) => [oid, (look.missing.get(oid) ?? 0) + 1]))
  // Of one that cannot be read, the commit alone says that it is still the one that this daemon wrote.
  const isOurs = ({oid, record, unreadable}: Claim) =>
    unreadable === undefined ? record.owner === owner : oidsBefore.has(oid)
  return {
    taken: found.filter(claim => !isOurs(claim) && unmoved.has(issueOf(claim))),
    forgotten: found.filter(claim => claim.record.owner === owner && !known.has(issueOf(claim))),
    gone: absent.filter(({oid}) => missing.get(oid) === 2).map(issueOf),
    missing,
  }
}

const issueOf = ({record}: Claim): number => record.issue
