import {randomUUID} from 'node:crypto'
import type {ClaimRecord} from '../../src/model/data/claim.ts'

/** A claim's record as a daemon would write it. */
export function claimOf(
  issue: number,
  base: string,
  change: Partial<ClaimRecord> = {},
): Omit<ClaimRecord, 'fence' | 'nonce' | 'version'> {
  return {
    issue,
    title: `Issue ${issue}`,
    owner: 'tester',
    host: 'testhost',
    agent: 'agent001',
    branch: `agent001/${issue}-work`,
    base,
    session: randomUUID(),
    phase: 'claimed',
    attempts: 0,
    repairs: 0,
    head: null,
    pull: null,
    reason: null,
    bodyHash: null,
    traceparent: null,
    claimedAt: new Date(0).toISOString(),
    ...change,
  }
}
