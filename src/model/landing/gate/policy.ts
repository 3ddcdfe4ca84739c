import type {Config} from '../../data/config.ts'
import type {GatePolicy, GateReading} from './reading.ts'

const MINUTE_MS = 60_000

/** What the configuration says of merges. */
export function gatePolicy({integration, routing}: Config): GatePolicy {
  return {
    allowNoChecks: integration.allow_no_checks,
    ciTimeoutMs: integration.ci_timeout * MINUTE_MS,
    requireReviews: integration.require_reviews,
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
