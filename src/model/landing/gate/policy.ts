import type {Config} from '../../data/config.ts'
import {type LandTerms, NO_TERMS} from '../../data/landing/terms.ts'
import type {GatePolicy, GateReading} from './reading.ts'

const MINUTE_MS = 60_000

/** What the configuration says of merges, and what a person asks of this landing; the stricter one holds. */
export function gatePolicy({integration, routing}: Config, terms: LandTerms = NO_TERMS): GatePolicy {
  return {
    allowNoChecks: integration.allow_no_checks && !terms.requireCi,
    requireCi: terms.requireCi,
    ciTimeoutMs: integration.ci_timeout * MINUTE_MS,
    requireReviews: Math.max(integration.require_reviews, terms.requireReviews),
    protectedPaths: integration.protected_paths,
    protectTests: integration.protect_tests,
    humanLabel: routing.human_label,
    blockedLabel: routing.blocked_label,
  }
}

/** How many of the head's checks have ended; null: they are not known. */
export function checksDone({checks}: GateReading): {done: number; total: number} | null {
  if (checks === null) return null
  const done = checks.checks.filter(({state}) => state !== 'pending').length
  return {done, total: checks.checks.length}
}
