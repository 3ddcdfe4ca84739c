import * as z from 'zod'
import {kept} from '../../base/kept.ts'
import {AGENT_ID} from './ids.ts'
import {notedTest} from './landing/bundle.ts'
import {landTerms} from './landing/terms.ts'
import {THINK_LEVELS} from './think-level.ts'

/** How far a claimed ticket is, as much as another machine has to know. */
export const claimPhase = z.enum(['claimed', 'working', 'review', 'landing', 'repair', 'blocked', 'merged'])

/** A commit's whole id, by either of git's hashes. */
export const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)

const claimFields = z.object({
  version: z.literal(1),
  issue: z.number().int().positive(),
  title: z.string(),
  /** The daemon that owns the ticket; its lease is `refs/clambake/owners/<owner>`. */
  owner: z.string().min(1),
  /** Host name of the owner's machine, for people. */
  host: z.string(),
  agent: z.string().regex(AGENT_ID),
  branch: z.string().min(1),
  /** The commit that the branch started from. */
  base: sha,
  /** The agent's conversation, resumed by repairs. */
  session: z.uuid(),
  /** Grows by one with every change of the claim; a write that carries an older fence is refused. */
  fence: z.number().int().nonnegative(),
  phase: claimPhase,
  /** Starts of the agent for this ticket. */
  attempts: z.number().int().nonnegative(),
  /**
   * When those of late were, epoch milliseconds: an agent that dies again and again is no better for a daemon that does
   * so too. The owner's clock; a record without them is of an older daemon.
   */
  starts: z.array(z.number()).readonly().optional(),
  /** Times the work went back to the agent: red CI, conflict, review. */
  repairs: z.number().int().nonnegative(),
  /** How many of them were made as others landed first, and for what a person said; not written by an older daemon. */
  conflicts: z.number().int().nonnegative().optional(),
  reviews: z.number().int().nonnegative().optional(),
  /** Last commit that the daemon pushed, if any. */
  head: sha.nullable(),
  pull: z.number().int().positive().nullable(),
  /**
   * The checked commit that is being merged, until what landed was compared with it; a record without it is of an older
   * daemon.
   */
  merging: sha.nullable().optional(),
  /**
   * The bundle that carries it and that may land at any moment: its branch, main as it was built on it, the commit that
   * its checks saw, and what it tests; a record without it is of an older daemon.
   */
  bundle: kept(
    z.object({
      branch: z.string().min(1),
      base: sha,
      tip: sha.nullable(),
      pull: z.number().int().positive().nullable(),
      /** Not there: a part of it is being merged, or the record is of an older daemon. */
      test: kept(notedTest).optional(),
    }),
  )
    .nullable()
    .optional(),
  /** Why it is blocked or back in repair. */
  reason: z.string().nullable(),
  /** sha256 of the issue's title and body as they were approved. */
  bodyHash: z.string().nullable(),
  /** W3C trace context of the ticket's root span. */
  traceparent: z.string().nullable(),
  /** ISO time of the claim, the owner's clock; only shown, never compared. */
  claimedAt: z.string(),
  /** Why it was claimed before others. */
  taken: z.string().optional(),
  /** When it entered its phase, epoch milliseconds of the owner's clock; a record without it is of an older daemon. */
  since: z.number().optional(),
  /** Makes every claim commit unique: equal commits from two pushers would both succeed. */
  nonce: z.string().min(8),
  /** How hard a person wants its agent to think. */
  think: z.enum(THINK_LEVELS).optional(),
  /** On what terms a person lands it; a record without them: on those of the configuration. */
  terms: kept(landTerms.unwrap()).readonly().nullable().optional(),
  /** Its pull request is a draft, in which a person resolves what the agent could not. */
  draft: z.boolean().optional(),
  /** Its pull request was left to GitHub's auto-merge, or is about to be. */
  handedOver: z.boolean().optional(),
})
export type ClaimRecord = z.infer<typeof claimFields>

/**
 * The record in the commit message of `refs/clambake/claims/issue-N`. What a newer Clambake added is kept when the record is
 * written again; what this one must not pass over has a higher version, and then the claim is left alone.
 */
export const claimRecord = kept(claimFields)

/** A record with its changes: one that enters another phase notes when. */
export function changedRecord(record: ClaimRecord, change: Partial<ClaimRecord>, now: number): ClaimRecord {
  const isNewPhase = change.phase !== undefined && change.phase !== record.phase
  return {...record, ...change, ...(isNewPhase && {since: now}), fence: record.fence + 1}
}

/** `agent001 on studio since 2026-11-21 13:30 UTC`: by whom and since when, for people; of an unreadable claim, why. */
export function holderOf({unreadable, record: {agent, host, claimedAt}}: Pick<Claim, 'record' | 'unreadable'>): string {
  if (unreadable !== undefined) return `${host}, and this daemon cannot read the claim: ${unreadable}`
  return `${agent} on ${host} since ${claimedAt.slice(0, 16).replace('T', ' ')} UTC`
}

/**
 * A claim as found: the record and the commit that holds it. `unreadable`: what is wrong with the record, which then only
 * stands for it: the claim holds its issue, and no daemon moves, takes or releases it.
 */
export type Claim = {oid: string; record: ClaimRecord; unreadable?: string}

/** The owner in a claim that cannot be read. No daemon has this name. */
export const UNKNOWN_OWNER = '?'

/** What can be read of a record that as a whole cannot be, so that its issue and its branch count as held. */
const someOfClaim = z.object({
  title: z.string().catch(''),
  host: z.string().min(1).catch('another machine'),
  agent: claimFields.shape.agent.catch('agent000'),
  branch: claimFields.shape.branch.catch(UNKNOWN_OWNER),
  head: sha.nullable().catch(null),
  pull: claimFields.shape.pull.catch(null),
  claimedAt: z.string().catch(''),
})

/** Makes the record that stands for one that cannot be read. */
export function standInRecord(issue: number, data: unknown): ClaimRecord {
  const some = someOfClaim.parse(typeof data === 'object' && data !== null ? data : {})
  return {
    ...{version: 1, issue, owner: UNKNOWN_OWNER, base: '0'.repeat(40), session: '00000000-0000-0000-0000-000000000000'},
    ...{fence: 0, phase: 'claimed', attempts: 0, repairs: 0, reason: null, bodyHash: null, traceparent: null},
    nonce: 'unreadable',
    ...some,
  }
}

/** What counts of a lease, whatever else its record says: only its changes show that its daemon is alive. */
export const leaseLength = z.object({leaseMs: z.number().int().positive()})

/** The record in `refs/clambake/owners/<owner>`, renewed as the daemon's lease. */
export const ownerRecord = z.object({
  version: z.literal(1),
  owner: z.string().min(1),
  host: z.string(),
  pid: z.number().int(),
  /** Counts renewals; an unchanged owner ref over a whole lease means the owner is gone. */
  beat: z.number().int().nonnegative(),
  startedAt: z.string(),
  /** Milliseconds after which a ref that did not change has no living owner; default: ten minutes. */
  leaseMs: z.number().int().positive().optional(),
  nonce: z.string().min(8),
})
export type OwnerRecord = z.infer<typeof ownerRecord>

export type Adoption = 'take-over' | 'release' | 'leave'
