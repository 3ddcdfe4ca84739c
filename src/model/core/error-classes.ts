import type {ErrorCode} from '../../base/error-codes.ts'
import type {ErrorData} from '../../base/errors.ts'

/** Kinds of failure, by what has to change before the same effect can work. */
export type ErrorClass =
  | 'rate limit'
  | 'network'
  | 'auth'
  | 'away'
  | 'ended by a signal'
  | 'lock left behind'
  | 'disk'
  | 'machine'
  | 'version skew'
  | 'rule'
  | 'conflict'
  | 'missing branch'
  | 'dirty tree'
  | 'corrupt store'
  | 'claim lost'
  | 'shown only'
  | 'other'

export type Handling = {
  /** The effect is tried again by itself; the pause doubles from the first to the last. null: it has failed at once. */
  retry: {firstMs: number; lastMs: number} | null
  /** The retries end after so long, and the effect has failed; null: they last until the outside works again. */
  forMs: number | null
  /** So many tries are made at least, as each may take longer than all retries should. Default: one. */
  leastTries?: number
  /** After so long a person is shown the ticket that waits for it; the retries continue. */
  personMs: number
  /** The first failure is already a notice on the screen: only a person can end it. */
  notice: boolean
  /** All effects that fail so wait for the same outside, so only one at a time tries whether it works again. */
  shared: boolean
  /** What a person can do, if the error itself does not say it. */
  next: string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const SOON = {firstMs: 500, lastMs: 30 * SECOND}
const DECIDED = {retry: null, forMs: null, personMs: 0, notice: false, shared: false}

/** How each class is handled. A class without a row does not compile. */
export const ERROR_CLASSES: Readonly<Record<ErrorClass, Handling>> = {
  'rate limit': {
    ...{retry: SOON, forMs: null, personMs: 70 * MINUTE, notice: false, shared: true},
    next: 'wait: GitHub renews the limit every hour',
  },
  network: {
    ...{retry: SOON, forMs: null, personMs: 5 * MINUTE, notice: false, shared: true},
    next: 'look at the network and at GitHub: clambake status --health-check',
  },
  auth: {
    ...{retry: SOON, forMs: null, personMs: MINUTE, notice: true, shared: true},
    next: 'renew the token: gh auth login, or the variable and then clambake daemon restart',
  },
  away: {
    ...{retry: SOON, forMs: null, personMs: 2 * MINUTE, notice: false, shared: true},
    next: 'look at the processes: clambake status --health-check',
  },
  'ended by a signal': {
    ...{retry: SOON, forMs: 10 * MINUTE, leastTries: 3, personMs: 2 * MINUTE, notice: false, shared: false},
    next: 'look for what ends programs on this machine, such as a lack of memory',
  },
  'lock left behind': {
    ...{retry: SOON, forMs: null, personMs: 2 * MINUTE, notice: false, shared: false},
    next: 'end the git process that holds the lock',
  },
  disk: {
    ...{retry: {firstMs: 5 * SECOND, lastMs: MINUTE}, forMs: null, personMs: MINUTE, notice: true, shared: true},
    next: 'free space: clambake cleanup --dry-run lists what could be deleted; it continues by itself',
  },
  machine: {
    ...{retry: SOON, forMs: null, personMs: MINUTE, notice: true, shared: true},
    next: 'end other programs, or raise the limits that ulimit -a shows; it continues by itself',
  },
  'version skew': {
    ...{retry: SOON, forMs: 5 * MINUTE, personMs: MINUTE, notice: false, shared: true},
    next: 'restart the older process: clambake daemon restart',
  },
  rule: {...DECIDED, next: 'change the commits, or the rule on the server'},
  conflict: {...DECIDED, next: 'solve the conflict in the worktree'},
  'missing branch': {...DECIDED, next: 'restore the branch: clambake recover'},
  'dirty tree': {...DECIDED, next: 'commit or remove what is in the worktree'},
  'corrupt store': {...DECIDED, next: 'clambake doctor says what cannot be read'},
  'claim lost': {...DECIDED, next: 'nothing: another daemon has the ticket'},
  'shown only': {...DECIDED, notice: true, next: 'clambake doctor'},
  other: {...DECIDED, next: 'clambake why shows what is known'},
}

/** The class of each code; a code without one is `other`, which a person decides on. */
const CLASS_OF: {readonly [code in ErrorCode]?: ErrorClass} = {
  'github-rate-limited': 'rate limit',
  'github-unreachable': 'network',
  'github-unavailable': 'network',
  'remote-unreachable': 'network',
  'github-bad-token': 'auth',
  'github-forbidden': 'auth',
  'github-issues-off': 'auth',
  'repository-not-found': 'auth',
  'auth-refused': 'auth',
  'remote-gone': 'auth',
  'call-timeout': 'away',
  disconnected: 'away',
  'host-away': 'away',
  'not-running': 'away',
  'run-interrupted': 'ended by a signal',
  // Its host was killed after it was seen, and another one answers: who tries again finds what there is now.
  'no-such-pane': 'ended by a signal',
  'clone-gone': 'away',
  'git-locked': 'lock left behind',
  'disk-full': 'disk',
  'disk-broken': 'disk',
  'machine-exhausted': 'machine',
  'bad-hello': 'version skew',
  'no-hello': 'version skew',
  'unknown-method': 'version skew',
  'version-mismatch': 'version skew',
  'branch-refused': 'rule',
  'github-refused': 'rule',
  'push-refused': 'rule',
  'branch-moved': 'conflict',
  'head-moved': 'conflict',
  'worktree-other-work': 'conflict',
  'worktree-path-taken': 'conflict',
  'base-missing': 'missing branch',
  'no-branch': 'missing branch',
  'detached-worktree': 'dirty tree',
  'foreign-branch': 'dirty tree',
  'index-locked': 'dirty tree',
  'claim-unreadable': 'corrupt store',
  'hub-unavailable': 'corrupt store',
  'claim-lost': 'claim lost',
  'no-claim': 'claim lost',
  // Work continues; a person sees to it.
  'newer-record': 'shown only',
  'clone-changed': 'shown only',
  'commits-fail': 'shown only',
  'board-gone': 'shown only',
  'board-without-column': 'shown only',
  'cannot-assign': 'shown only',
}

/** The class of an error, by its code. */
export function classOf({code}: Pick<ErrorData, 'code'>): ErrorClass {
  return CLASS_OF[code] ?? 'other'
}

/** How an error is handled, by its class. */
export function handlingOf(error: Pick<ErrorData, 'code'>): Handling {
  return ERROR_CLASSES[classOf(error)]
}

/** Whether another daemon owns the ticket now, so that every write of this one is refused. */
export function isClaimLost(error: Pick<ErrorData, 'code'>): boolean {
  return classOf(error) === 'claim lost'
}

/** The pause before try number `tries` + 1. */
export function retryPause({firstMs, lastMs}: NonNullable<Handling['retry']>, tries: number): number {
  return Math.min(firstMs * 2 ** Math.min(tries - 1, 20), lastMs)
}

/** What a person can do about an error. */
export function nextOf(error: ErrorData): string {
  return error.next ?? handlingOf(error).next
}
