import type {ErrorCode} from '../base/error-codes.ts'
import type {ErrorData} from '../base/errors.ts'

/**
 * Errors of the outside. They say nothing about a ticket, so nothing is decided on them and the effect is retried. The
 * passing ones heal by themselves; the access errors need a person (a token, the remote), who sees them in the header.
 */
const PASSING = new Set<ErrorCode>([
  'github-unreachable',
  'github-unavailable',
  'github-rate-limited',
  'remote-unreachable',
  'call-timeout',
  'disconnected',
  'not-running',
  'run-interrupted',
  'git-locked',
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

/** Whether only a person can end the error. */
function needsAccess(error: ErrorData): boolean {
  return ACCESS.has(error.code)
}

/** Errors that keep something from being shown on GitHub until a person acts; work continues. */
const SHOWN_ONLY = new Set<ErrorCode>(['board-gone', 'board-without-column', 'cannot-assign'])

export function needsPerson(error: ErrorData): boolean {
  return needsAccess(error) || SHOWN_ONLY.has(error.code)
}

/** Whether another daemon owns the ticket now, so that every write of this one is refused. */
export function isClaimLost(error: ErrorData): boolean {
  return error.code === 'claim-lost' || error.code === 'no-claim'
}
