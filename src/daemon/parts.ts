import {join} from 'node:path'
import {type Containers, createContainers} from '../agents/isolation/containers.ts'
import {createSandbox, type Sandbox} from '../agents/isolation/sandbox.ts'
import {createJobs, type Jobs} from '../agents/jobs/jobs.ts'
import {endAgent} from '../agents/process.ts'
import {commitEnvironment} from '../agents/profile.ts'
import {createTearDown, type TearDown} from '../agents/runtime/teardown.ts'
import {createVariables, type VariablesOf} from '../agents/runtime/variables.ts'
import {zoneMinutesAt} from '../base/clock.ts'
import {stateFolder} from '../base/paths.ts'
import type {Mode} from '../model/core/facts.ts'
import {newState} from '../model/core/state.ts'
import type {Effect} from '../model/data/effects.ts'
import type {PaneInfo} from '../model/data/pane.ts'
import {dayOf} from '../model/data/usage.ts'
import {type ClaimOf, claimKey} from '../model/hub/instance.ts'
import type {AskReviewers} from '../model/landing/review-cause.ts'
import {tallyBefore} from '../model/routing/balance.ts'
import {createHeld, type Held, NOTHING_HELD} from './agents/held.ts'
import {createHubMail, type HubMail, NO_MAIL} from './agents/hub-mail.ts'
import {createSessionLog, NO_SESSION_LOG, type SessionLog} from './agents/session-log.ts'
import {createClaimBook} from './claim-book.ts'
import {createEngine, type Engine} from './engine.ts'
import {type Journal, openJournal} from './journal.ts'
import {createLandingLog, type LandingLog} from './landing-log.ts'
import {createListeners, type Listeners} from './listeners.ts'
import {createReconciler, type Reconciler} from './loops/reconcile.ts'
import {newScans, type Scans} from './recovery/scans.ts'
import {createReviewAsker} from './reviews/ask.ts'
import {type PastSpending, readPastSpending} from './start/past-spending.ts'
import {type EffectTraces, traceEffects} from './trace-effects.ts'
import {createTroubles, type Notice, type Troubles} from './troubles.ts'
import type {World} from './world.ts'

/** What the services are made of; each is made once and shared by the handlers, the loops and the API. */
export type Parts = {
  world: World
  engine: Engine
  reconciler: Reconciler
  book: ReturnType<typeof createClaimBook>
  /** The claim of a ticket as the hub names it. */
  claimOf: ClaimOf
  journal: Journal
  pastSpending: PastSpending
  troubles: Troubles
  effectTraces: EffectTraces
  jobs: Jobs
  variablesOf: VariablesOf
  tearDown: TearDown
  containers: Containers
  sandbox: Sandbox
  /** Ends the program of an agent's pane, and its container. */
  endPane: (info: PaneInfo) => Promise<void>
  /** Called after each change of what the screen shows. */
  changes: Listeners<[]>
  notices: Listeners<[Notice]>
  /** Scans of orphans that run or were made for a command. */
  scans: Scans
  /** Asks the configured reviewers to look at a pull request. */
  askReviewers: AskReviewers
  landingLog: LandingLog
  hubMail: HubMail
  held: Held
  sessionLog: SessionLog
}

/** An agent gets this long to end by itself before it is killed. */
export const STOP_GRACE_MS = 3000

/** Reads what earlier runs left in the hub and makes the parts. `run` carries out an effect. */
export async function openParts(
  world: World,
  {mode, run}: {mode: Mode; run: (effect: Effect) => void},
): Promise<Parts> {
  const {git, github, host, sessions, config, clock, log, owner, hostName, env, readOnly} = world
  const changes = createListeners<[]>()
  const notices = createListeners<[Notice]>()
  const troubles = createTroubles({clock, onChange: changes.call, notify: notices.call})
  const book = createClaimBook(git)
  const claimOf: ClaimOf = ticket => {
    const claim = book.get(ticket)
    return claim === undefined ? {} : {claim: claimKey(world.repository, claim.record)}
  }
  const effectTraces = traceEffects({traces: world.traces, book, clock})
  const journal = await openJournal({...world, traceOf: effectTraces.traceOf})
  const pastSpending = await readPastSpending(world)
  const containers = createContainers({git, env, log})
  const sandbox: Sandbox = (worktree, run, now = config) =>
    createSandbox({config: now, git, containers, env})?.(worktree, run) ?? run
  const variablesOf = createVariables({config, book, folder: join(stateFolder(env), 'ports')})
  const jobs = createJobs({
    host,
    config,
    clock,
    sandbox,
    env,
    variablesOf,
    stopGraceMs: STOP_GRACE_MS,
    onChange: changes.call,
  })

  const agentEnv = () => commitEnvironment({config, hostEnv: env})
  // A configuration that would give agents a forge token ends the start.
  agentEnv()

  const zoneMinutes = zoneMinutesAt(clock.now())
  const day = dayOf(clock.now(), zoneMinutes)
  const engine = createEngine({
    initial: newState({
      config: {...config},
      mode,
      at: clock.now(),
      spending: {zoneMinutes, day, costUsd: pastSpending.costOf(day)},
      tally: tallyBefore(journal.events(), zoneMinutes, clock.now()),
    }),
    clock,
    log,
    run: effect => (readOnly ? undefined : run(effect)),
  })
  world.followConfig(() => engine.state().config)
  const reconciler = createReconciler({
    git,
    github,
    config,
    clock,
    log,
    owner,
    hostName,
    held: book.all,
    agentEnv,
    profileFault: () => world.profileFault(config),
    knownFault: () => engine.state().profileFault,
    readOnly,
    dispatch: engine.dispatch,
    onTrouble: troubles.report,
  })
  return {
    world,
    engine,
    reconciler,
    book,
    claimOf,
    journal,
    pastSpending,
    troubles,
    effectTraces,
    jobs,
    variablesOf,
    tearDown: createTearDown({jobs, config, hub: journal}),
    containers,
    sandbox,
    endPane: info => endAgent({host, containers, stopGraceMs: STOP_GRACE_MS}, info),
    changes,
    notices,
    scans: newScans(),
    hubMail:
      sessions === null || readOnly
        ? NO_MAIL
        : createHubMail({sessions, repository: world.repository, root: git.root, claimOf, clock, log}),
    sessionLog:
      sessions === null || readOnly
        ? NO_SESSION_LOG
        : createSessionLog({
            ...{sessions, repository: world.repository, root: git.root, clock, log},
            state: engine.state,
          }),
    held:
      sessions === null || readOnly
        ? NOTHING_HELD
        : createHeld({
            ...{sessions, repository: world.repository, root: git.root, clock},
            claimOf: agent => claimOf(engine.state().agents[agent]?.context.ticket ?? 0),
            policy: () => engine.state().config.hub.blockers,
          }),
    landingLog: createLandingLog({clock, apiCalls: () => github.budget().calls, traceOf: effectTraces.traceOf}),
    askReviewers: createReviewAsker({git, github, hub: journal, config}),
  }
}
