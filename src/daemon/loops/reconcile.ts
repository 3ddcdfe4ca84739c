import type {ProfileFault} from '../../agents/profile.ts'
import type {Clock} from '../../base/clock.ts'
import {type ErrorData, toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {repeat} from '../../base/repeat.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {Claim} from '../../model/data/claim.ts'
import type {Config} from '../../model/data/config.ts'
import type {OwnerLife} from '../../model/data/lease.ts'
import type {GitWithLanding} from '../../model/gateways/git.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import {nextDeparture} from '../../model/landing/train/departure.ts'
import {compareClaims} from '../../model/recovery/compare-claims.ts'
import {heldByDisk} from '../../model/routing/disk.ts'
import {createLandingWatch} from './landing-watch.ts'
import {createLeaseWatch} from './leases.ts'

/** The owner renews its lease this many times within its length. */
const RENEWALS = 3
/** Walking through all worktrees takes seconds. */
const DISK_MS = 2 * 60_000
/** What lies about in the clone grows by a few dozen files with a ticket. */
const TIDY_MS = 3600_000
/** Two failed renewals in a row must not lose the lease. */
const RETRY_MS = 30_000

export type Reconciler = Disposable & {
  /** Looks at GitHub, claims and main now; concurrent callers share one look. Rejects with ClambakeError. */
  look(): Promise<void>
  /** Looks, renews the lease and departs trains on schedule until disposed. */
  start(): void
  /** Looks whether agents can start now. */
  checkProfile(): void
  /** Keeps to the intervals and departures of the configuration as it is now. */
  configurationChanged(): void
  /** Owners whose lease ran out, as of the last look at leases. */
  deadOwners(): ReadonlySet<string>
  /** The same after a new look at leases; needed before anything is taken from them. */
  deadNow(): Promise<ReadonlySet<string>>
  /** Whether an owner renews its lease, as of the last look at leases. */
  ownerLife(owner: string): OwnerLife
  /** Epoch milliseconds of the next train; null: none is scheduled. */
  nextTrain(): number | null
}

/** Reports GitHub, claims, leases and trains to the decisions, on their schedules. */
export function createReconciler(options: {
  git: GitWithLanding
  github: GithubGateway
  config: Config
  clock: Clock
  log: Log
  owner: string
  hostName: string
  /** This daemon's claims, as it last wrote them. */
  held: () => readonly Claim[]
  /** The environment in which agents commit; null: they do it on another machine. */
  agentEnv: () => Readonly<Record<string, string>> | null
  /** Why no agent of the chosen profile can start on this machine now. */
  profileFault: () => ProfileFault | null
  /** What the decisions know of that. */
  knownFault: () => string | null
  /** No lease is renewed and no train departs. */
  readOnly?: boolean
  dispatch: (fact: Fact) => void
  onTrouble: (name: string, error: ErrorData | null) => void
}): Reconciler {
  const {git, github, config, clock, log, owner, held, dispatch, onTrouble} = options
  const timers = new Map<string, Disposable>()
  const leaseMs = () => Math.round(config.claims.lease_minutes * 60_000)
  const leases = createLeaseWatch({git, clock, longestGapMs: () => (2 * leaseMs()) / RENEWALS + RETRY_MS})
  const lookAtLanding = createLandingWatch({git, clock})
  const startedAt = new Date(clock.now()).toISOString()
  let looking: Promise<void> | undefined
  let beat = 0
  /** The intervals by which it runs; null: it does not. */
  let started: ReturnType<typeof schedule> | null = null
  let measuredAt = Number.NEGATIVE_INFINITY
  let disk: number | null = null
  let tidiedAt = Number.NEGATIVE_INFINITY
  let canCommit = false
  /** In how many looks in a row the remote did not have a claim, by its commit. */
  let missing: ReadonlyMap<string, number> = new Map()

  function schedule() {
    return {lookMs: config.polling.github_seconds * 1000, renewMs: leaseMs() / RENEWALS}
  }

  async function lookNow(): Promise<void> {
    const before = held()
    const [{issues, pulls}, {main, rewrite}] = await Promise.all([github.snapshot(), git.fetch()])
    if (!options.readOnly) await git.pinWork()
    if (rewrite) dispatch({type: 'mainRewritten', ...rewrite})
    onTrouble('clone', await git.cloneChanged())
    onTrouble('landing lock', await lookAtLanding())
    await tryCommit()
    // Before the issues are reported, since they are claimed at once.
    await measureDisk()
    checkProfile()
    const claims = await git.claims({fetched: true})
    const compared = compareClaims({owner, found: claims, heldBefore: before, heldAfter: held(), missing})
    missing = compared.missing
    const {taken, forgotten, gone} = compared
    dispatch({type: 'haltSeen', halt: await git.halt()})
    dispatch({type: 'claimsSeen', claims, dead: [...leases.dead()], taken, forgotten, gone})
    dispatch({type: 'githubSeen', issues, pulls, main})
    await tidy()
  }

  /** Clears away once an hour what is left in the clone, after what was seen is known. */
  async function tidy(): Promise<void> {
    if (options.readOnly || clock.monotonic() - tidiedAt < TIDY_MS) return
    tidiedAt = clock.monotonic()
    try {
      await git.tidy()
    } catch (error) {
      log.warn('cannot tidy the clone', {error: toErrorData(error)})
    }
  }

  /** Says at the start, and until it is mended, that agents cannot commit: they would work for nothing. */
  async function tryCommit(): Promise<void> {
    if (canCommit) return
    const env = options.agentEnv()
    const fault = env === null ? null : await git.commitFault(env)
    canCommit = fault === null
    onTrouble('commits', fault)
  }

  /** Measures the worktrees, where that is limited. The header and `status` then say why nothing is claimed. */
  async function measureDisk(): Promise<void> {
    if (config.recovery.max_disk_gb === undefined) return onTrouble('disk', null)
    if (clock.monotonic() - measuredAt >= DISK_MS) {
      disk = await git.diskUse(git.workspaceRoot)
      measuredAt = clock.monotonic()
      dispatch({type: 'diskMeasured', bytes: disk})
    }
    const held = heldByDisk({config, disk})
    const message = `No new issue is claimed: ${held}`
    const kept = 'agents at work continue'
    onTrouble(
      'disk',
      held === null ? null : {code: 'disk-used-up', message, kept, next: 'clambake cleanup', exitCode: 1},
    )
  }

  /** Says, until it is mended, that no agent can start. A run that starts none does not need their program. */
  function checkProfile(): void {
    if (options.readOnly) return
    const fault = options.profileFault()
    const what = fault?.what ?? null
    if (what !== options.knownFault()) dispatch({type: 'profileChecked', fault: what})
    const error = fault && {
      message: `No agent can start: ${fault.what}`,
      kept: 'issues and finished work',
      next: fault.mend,
    }
    onTrouble('profile', error && {code: 'command-not-found', exitCode: 1, ...error})
  }

  function look(): Promise<void> {
    looking ??= lookNow().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function renew(): Promise<void> {
    const {hostName: host} = options
    await git.renewOwner({owner, host, pid: process.pid, beat: beat++, startedAt, leaseMs: leaseMs()})
    await leases.look()
  }

  /** Runs `task` after `firstMs` and then every `ms`; a failure is shown as a trouble and soon retried. */
  function every(name: string, {ms, firstMs = 0}: {ms: number; firstMs?: number}, task: () => Promise<void>): void {
    timers.get(name)?.[Symbol.dispose]()
    const run = async () => {
      try {
        await task()
        onTrouble(name, null)
        return ms
      } catch (error) {
        log.warn('a scheduled task failed', {name, error: toErrorData(error)})
        onTrouble(name, toErrorData(error))
        return Math.min(ms / RENEWALS, RETRY_MS)
      }
    }
    timers.set(name, repeat(clock, firstMs, run))
  }

  function nextTrain(): number | null {
    return config.bundling.enabled ? nextDeparture(clock.now(), config.bundling.schedule_minutes) : null
  }

  function awaitTrain(): void {
    timers.get('train')?.[Symbol.dispose]()
    timers.delete('train')
    const departure = nextTrain()
    if (departure === null) return
    const depart = () => {
      dispatch({type: 'trainDeparted'})
      if (started !== null) awaitTrain()
    }
    timers.set('train', clock.after(departure - clock.now(), depart))
  }

  return {
    look,
    checkProfile,
    nextTrain,
    deadOwners: leases.dead,
    ownerLife: leases.life,
    async deadNow() {
      await leases.look()
      return leases.dead()
    },
    start() {
      started = schedule()
      every('look', {ms: started.lookMs}, look)
      if (options.readOnly) return
      every('lease', {ms: started.renewMs}, renew)
      awaitTrain()
    },
    configurationChanged() {
      // The author, the key or the environment may be another one.
      canCommit = false
      checkProfile()
      if (started === null) return
      const [was, is] = [started, schedule()]
      started = is
      if (is.lookMs !== was.lookMs) every('look', {ms: is.lookMs}, look)
      if (options.readOnly) return
      if (is.renewMs !== was.renewMs)
        every('lease', {ms: is.renewMs, firstMs: Math.min(is.renewMs, was.renewMs)}, renew)
      awaitTrain()
    },
    [Symbol.dispose]() {
      started = null
      const open = [...timers.values()]
      timers.clear()
      for (const timer of open) timer[Symbol.dispose]()
    },
  }
}
