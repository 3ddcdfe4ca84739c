import {ClambakeError} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {type Claim, type ClaimRecord, changedRecord, claimRecord, standInRecord} from '../../model/data/claim.ts'
import {claimName, parseClaimName} from '../../model/data/names.ts'
import type {ClaimOutcome, ClaimPatch} from '../../model/gateways/git.ts'
import {type Found, newNonce, type Records} from './records.ts'
import type {PushOutcome, RefUpdate, RemoteRefs} from './remote-refs.ts'

/** A claim ref that holds no readable record. Only a person takes, bumps or deletes it. */
export type BrokenClaim = {ref: string; oid: string; issue: number | null; problem: string; newer: boolean}

export type Claims = {
  /** Every claim ref on the remote, readable or not; writes nothing. */
  look(): Promise<readonly Found<ClaimRecord>[]>
  /** As of now, or with `fetched` as the last fetch found them; those that cannot be read hold their issue too. */
  all(options?: {fetched: boolean}): Promise<readonly Claim[]>
  /** Claims that need a person. */
  broken(): Promise<readonly BrokenClaim[]>
  claim(record: Omit<ClaimRecord, 'fence' | 'nonce' | 'version'>): Promise<ClaimOutcome>
  bump(claim: Claim, patch: ClaimPatch): Promise<Claim>
  release(claim: Claim): Promise<void>
  /** The next record and the ref change for it, to be pushed together with others. */
  prepareBump(claim: Claim, patch: ClaimPatch): Promise<{claim: Claim; update: RefUpdate}>
  /**
   * Sends a prepared change. One without an answer may have been made all the same: it is remembered, as whoever tries
   * again finds the claim moved by it.
   */
  send(next: Claim, push: () => Promise<PushOutcome>): Promise<PushOutcome>
  /** The claim that this commit holds, if we sent it and got no answer; null: we did not. */
  ownAt(oid: string | undefined): Claim | null
  /** The error for a claim that was moved; names its holder. */
  lost(claim: Claim): Promise<ClambakeError>
}

/** Takes, moves and releases claims on the remote, each by compare-and-swap. */
export function createClaims(options: {records: Records; refs: RemoteRefs; now: () => number; log: Log}): Claims {
  const {records, refs, now, log} = options

  /** Changes without an answer, by their commits, until one of the same issue is answered. */
  const unanswered = new Map<string, Claim>()

  async function send(next: Claim, push: () => Promise<PushOutcome>): Promise<PushOutcome> {
    const {issue} = next.record
    try {
      const outcome = await push()
      const isAnswered = ({record}: Claim) => outcome.state === 'done' && record.issue === issue
      for (const [oid, claim] of unanswered) if (isAnswered(claim)) unanswered.delete(oid)
      return outcome
    } catch (error) {
      unanswered.set(next.oid, next)
      throw error
    }
  }

  function ownAt(oid: string | undefined): Claim | null {
    return unanswered.get(oid ?? '') ?? null
  }

  /** Broken claims that were logged already. */
  const warned = new Set<string>()

  const refOf = async (issue: number) => `${await records.namespace()}${claimName(issue)}`

  async function look({fetched} = {fetched: false}): Promise<Found<ClaimRecord>[]> {
    if (!fetched) await records.refresh()
    return (await records.seen('claims/', claimRecord)).map(checkIssue)
  }

  function warn({ref, oid, problem}: Found<ClaimRecord> & {state: 'broken'}): void {
    if (warned.has(oid)) return
    warned.add(oid)
    log.warn('claim needs a person', {ref, oid, problem})
  }

  async function commit(record: ClaimRecord): Promise<Claim> {
    const oid = await records.write(`claim issue ${record.issue}: ${record.agent}, ${record.phase}`, record)
    return {oid, record}
  }

  async function prepareBump(claim: Claim, patch: ClaimPatch): Promise<{claim: Claim; update: RefUpdate}> {
    const {record} = claim
    if (claim.unreadable !== undefined) throw unreadable({...claim, ref: await refOf(record.issue)})
    const next = await commit({...changedRecord(record, patch, now()), nonce: newNonce()})
    return {claim: next, update: {ref: await refOf(record.issue), from: claim.oid, to: next.oid}}
  }

  async function holderAt(ref: string): Promise<Claim | null> {
    const found = await records.look(ref, claimRecord)
    return found ? asClaim(checkIssue(found)) : null
  }

  async function lost(claim: Claim): Promise<ClambakeError> {
    const {issue} = claim.record
    const holder = await holderAt(await refOf(issue))
    const who = holder
      ? (holder.unreadable ??
        `${holder.record.owner} on ${holder.record.host} holds it with ${holder.record.agent} since ${holder.record.claimedAt}`)
      : 'it was released'
    return new ClambakeError({
      code: 'claim-lost',
      message: `this daemon no longer holds the claim of #${issue}: ${who}`,
      kept: `the commits and files of ${claim.record.branch} are untouched on this machine`,
      next: `see clambake why ${issue}`,
    })
  }

  async function bump(claim: Claim, patch: ClaimPatch): Promise<Claim> {
    const next = await prepareBump(claim, patch)
    const {update} = next
    const outcome = await send(next.claim, () => refs.push([update], `renew the claim of #${claim.record.issue}`))
    if (outcome.state === 'done') return next.claim
    const own = ownAt(outcome.found.get(update.ref))
    if (own === null || own.oid === claim.oid) throw await lost(claim)
    return bump(own, patch)
  }

  return {
    prepareBump,
    send,
    ownAt,
    lost,
    bump,

    look,

    async all(options) {
      const claims: Claim[] = []
      for (const found of await look(options)) {
        if (found.state === 'broken') warn(found)
        const claim = asClaim(found)
        if (claim) claims.push(claim)
      }
      return claims
    },

    async broken() {
      const broken: BrokenClaim[] = []
      for (const found of await look()) {
        if (found.state === 'good') continue
        const {ref, oid, problem, newer} = found
        broken.push({ref, oid, issue: issueOf(ref), problem, newer})
      }
      return broken
    },

    async claim(wanted) {
      const ref = await refOf(wanted.issue)
      const ours = await commit({since: now(), ...wanted, version: 1, fence: 1, nonce: newNonce()})
      const outcome = await refs.push([{ref, from: null, to: ours.oid}], `claim #${wanted.issue}`)
      if (outcome.state === 'done') return {won: true, claim: ours}
      const holder = await holderAt(ref)
      if (holder?.unreadable !== undefined) throw unreadable({...holder, ref})
      if (holder) return {won: false, holder}
      throw new ClambakeError({
        code: 'claim-contested',
        message: `#${wanted.issue} was claimed by another daemon and released at the same moment`,
        next: 'try again',
      })
    },

    async release(claim) {
      const ref = await refOf(claim.record.issue)
      if (claim.unreadable !== undefined) throw unreadable({...claim, ref})
      const outcome = await refs.push([{ref, from: claim.oid, to: null}], `release the claim of #${claim.record.issue}`)
      if (outcome.state === 'moved') throw await lost(claim)
    },
  }
}

/** Returns the issue that a claim's ref names; null for a ref of another form. */
export function issueOf(ref: string): number | null {
  return parseClaimName(ref.slice(ref.indexOf('claims/')))
}

/** A claim as found. One that cannot be read holds the issue that its ref names, if it names one. */
function asClaim(found: Found<ClaimRecord>): Claim | null {
  if (found.state === 'good') return {oid: found.oid, record: found.record}
  const {ref, oid, problem, data} = found
  const issue = issueOf(ref)
  return issue === null ? null : {oid, record: standInRecord(issue, data), unreadable: problem}
}

function unreadable({ref, oid, unreadable: problem}: Claim & {ref: string}): ClambakeError {
  return new ClambakeError({
    code: 'claim-unreadable',
    message: `the claim ${ref} cannot be read: ${problem}`,
    kept: 'the claim as it is; no daemon takes the ticket meanwhile',
    next: `update clambake here if a newer one works on the repository; else look at it with git show ${oid}, and delete the ref on the remote if no daemon works on the ticket`,
  })
}

/** Marks a record as broken when it is for another issue than its ref: a copied record claims nothing. */
function checkIssue(found: Found<ClaimRecord>): Found<ClaimRecord> {
  if (found.state === 'broken' || issueOf(found.ref) === found.record.issue) return found
  const {ref, oid, record} = found
  // What it says is about the other issue.
  return {state: 'broken', ref, oid, problem: `its record is for #${record.issue}`, newer: false, data: undefined}
}
