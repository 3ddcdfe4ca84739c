import type {ErrorCode} from '../base/error-codes.ts'
import type {ErrorData} from '../base/errors.ts'

/**
 * Troubles of the outside: they say nothing about a ticket, so nothing is decided on them and the effect is done
 * again. The passing ones heal by themselves; the others need a person (a token, the remote), who sees them in the
 * header, and then work goes on as well.
 */
const PASSING = new Set<ErrorCode>([
  'github-unreachable',
  'github-unavailable',
  'github-rate-limited',
  'remote-unreachable',
  'call-timeout',
  'disconnected',
  'not-running',
])
const ACCESS = new Set<ErrorCode>([
  'github-bad-token',
  'github-forbidden',
  'github-issues-off',
  'repository-not-found',
  'auth-refused',
  'remote-gone',
])

export function isTransient(error: ErrorData): boolean {
  return PASSING.has(error.code) || ACCESS.has(error.code)
}

/** A trouble that only a person can end. */
function needsAccess(error: ErrorData): boolean {
  return ACCESS.has(error.code)
}

/** What is not shown on GitHub until a person does something; work goes on. */
const SHOWN_ONLY = new Set<ErrorCode>(['board-gone', 'board-without-column', 'cannot-assign'])

export function needsPerson(error: ErrorData): boolean {
  return needsAccess(error) || SHOWN_ONLY.has(error.code)
}

/** Somebody else owns the ticket now: every write of ours is refused. */
export function isClaimLost(error: ErrorData): boolean {
  return error.code === 'claim-lost' || error.code === 'no-claim'
}
