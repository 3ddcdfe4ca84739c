import {createContainers} from '../agents/containers.ts'
import {agentHandlers, endAgent} from '../agents/handlers.ts'
import {createJobs} from '../agents/jobs.ts'
import {runsInContainer} from '../agents/profile.ts'
import {type Clock, zoneMinutesAt} from '../base/clock.ts'
import {toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import {landingHandlers} from '../landing/handlers.ts'
import type {Mode} from '../model/core/facts.ts'
import {newState, type State} from '../model/core/state.ts'
import type {Config} from '../model/data/config.ts'
import type {Effect} from '../model/data/effects.ts'
import {dayOf, NO_USAGE} from '../model/data/usage.ts'
import type {GitGateway} from '../model/gateways/git.ts'
import type {GithubGateway} from '../model/gateways/github.ts'
import type {HostGateway} from '../model/gateways/host.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import {dealtBefore} from '../model/routing/balance.ts'
import type {DaemonState, PassReport} from '../protocol/daemon.ts'
import {labelHandlers} from '../recovery/labels.ts'
import type {TicketTraces} from '../telemetry/tickets.ts'
import {ticketHandlers, worktreePath} from '../tickets/handlers.ts'
import {agentOf, openListening} from './agents/listening.ts'
import {openTalk} from './agents/messages.ts'
import {createDesk} from './agents/permission-requests.ts'
import {type AlwaysStore, createAlways} from './agents/standing-permissions.ts'
import {createMeter} from './agents/usage.ts'
import {apiHandlers} from './api/index.ts'
import {createClaimBook} from './claim-book.ts'
import type {CrashPoints} from './crash.ts'
import {createEngine, type Engine} from './engine.ts'
import {createInterpreter} from './interpreter.ts'
import {openJournal} from './journal.ts'
import {createSights} from './loops/conflicts-and-reviews.ts'
import {startHeartbeats} from './loops/heartbeats.ts'
import {createScout} from './loops/overlap-survey.ts'
import {createReconciler, type Reconciler} from './loops/reconcile.ts'
import {runPass} from './pass.ts'
import {project} from './project.ts'
import {adoptHandlers} from './recovery/adopt.ts'
import {readShown} from './start/last-written.ts'
import {readLedger} from './start/past-spending.ts'
import {restoredTickets} from './start/restore.ts'
import {traceRouting} from './trace-routing.ts'
import {createTroubles, type Notice} from './troubles.ts'

export type World = {
  git: GitGateway & {
    lostCommits(): Promise<readonly string[]>
    landingHolder(): Promise<{owner: string | null} | null>
  }
  github: GithubGateway
  host: HostGateway
  hub: HubGateway
  traces: TicketTraces
  config: Config
  clock: Clock
  log: Log
  crash: CrashPoints
  /** Where people's "always" outlives the daemon. */
  always: AlwaysStore
  /** The environment that agents' environments are made from. */
  env: NodeJS.ProcessEnv
  owner: string
  hostName: string
  repository: string
  defaultBranch: string
  /** Who calls over the socket: `ada@laptop`. */
  caller: string
  /** Nothing is carried out; the gateways refuse every write as well. */
  readOnly: boolean
}

export type Services = Disposable & {
  engine: Engine
  reconciler: Reconciler
  api: ReturnType<typeof apiHandlers>
  state(): DaemonState
  /** Called after each change. */
  onState(listener: () => void): void
  onNotice(listener: (notice: Notice) => void): void
  pass(options: {agents: boolean; timeoutMs: number | null; signal: AbortSignal}): Promise<PassReport>
  /** Saves the work of every running agent in a rescue ref, then ends them; claims stay, the next start goes on. */
  park(): Promise<void>
}

/** An agent gets this long to end by itself before it is killed. */
const STOP_GRACE_MS = 3000

/**
 * The supervising, wired: the engine, its handlers and the loops that bring the outside in. Tickets that this owner
 * held before are taken up again before it returns.
 */
export async function openServices(world: World, options: {mode: Mode; shutdown: () => void}): Promise<Services> {
  const {git, github, host, clock, log, config, owner} = world
  const journal = await openJournal({...world, traceOf})
  const listeners: (() => void)[] = []
  const notices: ((notice: Notice) => void)[] = []
  const troubles = createTroubles({clock, onChange: tell, notify})
  const book = createClaimBook(git)
  const ledger = await readLedger(world)
  const meter = createMeter({ledger, dispatch: fact => engine.dispatch(fact)})

  function notify(notice: Notice): void {
    for (const listener of notices) listener(notice)
  }

  const hub = {
    append: journal.append,
    register: world.hub.register.bind(world.hub),
    deregister: world.hub.deregister.bind(world.hub),
    messageDelivered: world.hub.messageDelivered.bind(world.hub),
  }
  /** The board only shows: no ticket waits for it, and what is wrong with it is shown once. */
  async function showColumn(ticket: number, column: string, from: readonly string[] | null): Promise<boolean> {
    try {
      await github.ensureColumn(ticket, column, from)
      troubles.report('board', null)
      troubles.report(`column ${column}`, null)
      return true
    } catch (thrown) {
      const error = toErrorData(thrown)
      log.warn('a card cannot be moved', {ticket, column, error})
      // An issue that is gone is its ticket's trouble, which a look at it tells.
      if (error.code === 'board-without-column') troubles.report(`column ${column}`, error)
      else if (error.code !== 'github-not-found') troubles.report('board', error)
      return false
    }
  }

  const shared = {git, github, hub, book, config, clock, owner, showColumn, onTrouble: troubles.report}
  const jobs = createJobs({host, config, clock, env: world.env, stopGraceMs: STOP_GRACE_MS})
  const containers = createContainers({git, env: world.env, log})
  const labels = labelHandlers({...shared, deadOwners: () => reconciler.deadOwners()})
  const interpreter = createInterpreter({
    handlers: {
      ...ticketHandlers({...shared, hostName: world.hostName, beginTrace: world.traces.begin}),
      ...agentHandlers({...shared, host, jobs, containers, log, env: world.env, stopGraceMs: STOP_GRACE_MS}),
      ...landingHandlers({
        ...shared,
        defaultBranch: world.defaultBranch,
        deadNow: () => reconciler.deadNow(),
        usageOf: issue => engine.state().tickets[issue]?.context.usage ?? NO_USAGE,
        endTrace: world.traces.end,
      }),
      ...labels,
      ...adoptHandlers({
        ...shared,
        hostName: world.hostName,
        defaultBranch: world.defaultBranch,
        deadNow: () => reconciler.deadNow(),
      }),
      record: async ({event}) => {
        journal.append(event)
        return []
      },
      notify: async ({name: _name, ...notice}) => {
        notify(notice)
        return []
      },
    },
    dispatch: fact => engine.dispatch(fact),
    clock,
    log,
    crash: world.crash,
    inTrace,
    onTrouble: troubles.report,
  })
  const zoneMinutes = zoneMinutesAt(clock.now())
  const day = dayOf(clock.now(), zoneMinutes)
  const engine = createEngine({
    initial: newState({
      config,
      mode: options.mode,
      at: clock.now(),
      spending: {zoneMinutes, day, costUsd: ledger.costOf(day)},
      dealt: dealtBefore(journal.events(), zoneMinutes, clock.now()),
    }),
    clock,
    log,
    run: effect => (world.readOnly ? undefined : interpreter.run(effect)),
  })

  function traceOf(issue: number | undefined): string | null {
    return (issue !== undefined && book.get(issue)?.record.traceparent) || null
  }

  /** Only a ticket's effects are traced; the one that claims it finds its trace in the claim. */
  async function inTrace<T>(effect: Effect, run: () => Promise<T>): Promise<T> {
    if (!('ticket' in effect)) return run()
    const {name, ticket} = effect
    const attributes = {'ticket.id': ticket, ...('agent' in effect ? {'agent.id': effect.agent} : {})}
    const traceparent = traceOf(ticket)
    if (traceparent !== null) return world.traces.inTicket(traceparent, name, attributes, run)
    const startedAt = clock.now()
    const result = await run()
    const found = traceOf(ticket)
    if (found !== null) world.traces.record({traceparent: found, name, startedAt, attributes})
    return result
  }

  const reconciler = createReconciler({
    git,
    github,
    config,
    clock,
    log,
    owner,
    hostName: world.hostName,
    held: book.all,
    readOnly: world.readOnly,
    dispatch: fact => engine.dispatch(fact),
    onTrouble: troubles.report,
  })

  const sights = createSights({git, github, clock, log, onChange: tell})
  const decisions = traceRouting({traces: world.traces, book})
  const scout = createScout({git, log, dispatch: fact => engine.dispatch(fact)})
  const talk = await openTalk({
    hub: world.hub,
    append: journal.append,
    state: () => engine.state(),
    dispatch: fact => engine.dispatch(fact),
    clock,
    log,
  })

  const always = createAlways({store: world.always, log})
  const desk = createDesk({
    host,
    always,
    state: () => engine.state(),
    dispatch: fact => engine.dispatch(fact),
    append: journal.append,
    onChange: tell,
    config,
    log,
    readOnly: world.readOnly,
  })

  function state(): DaemonState {
    return project(engine.state(), {
      repository: world.repository,
      root: git.root,
      nextTrain: engine.state().mode.landing === 'train' ? reconciler.nextTrain() : null,
      api: github.budget(),
      events: journal.events(),
      readOnly: world.readOnly,
      sights: sights.now(),
      said: talk.said,
      asks: desk.asks,
      troubles: [...troubles.texts(), ...asksText(engine.state())],
      at: clock.now(),
    })
  }

  function tell(): void {
    for (const listener of listeners) listener()
  }

  using cleanup = new DisposableStack()
  const listening = cleanup.use(
    await openListening({host, engine, meter, desk, talk, append: journal.append, clock, log}),
  )
  const {panes} = listening
  await takeUp()
  cleanup.use(
    engine.subscribe((next, fact) => {
      decisions.take(next, fact, clock.now())
      talk.take(next, fact)
      sights.take(next, fact)
      scout.take(next, fact)
      tell()
      // A ticket's new pane takes the place of old ones.
      if (fact.type === 'agentStarted') void panes.prune()
    }),
  )
  await listening.listen()
  cleanup.use(reconciler)
  if (!world.readOnly) {
    cleanup.use(startHeartbeats({hub: world.hub, state: engine.state, root: git.root, clock, log}))
  }
  cleanup.defer(() => interpreter.stop())
  const disposables = cleanup.move()

  /** Goes on with the tickets that this owner held before. */
  async function takeUp(): Promise<void> {
    await git.fetch()
    const claims = (await git.claims()).filter(claim => claim.record.owner === owner)
    for (const claim of claims) book.put(claim)
    if (!world.readOnly) {
      await dropLanding()
      // Nobody waits for them any more, and what they find out is found out anew.
      await jobs.end()
      if (runsInContainer(config)) await containers.sweep(panes.all())
    }
    const mail = await listening.missed()
    const tickets = restoredTickets({
      claims,
      owner,
      panes: panes.all(),
      mail,
      config,
      worktreeOf: issue => worktreePath({root: git.root, config, issue}),
      ledger,
      at: clock.now(),
    })
    if (tickets.length > 0) log.info('tickets taken up', {tickets: tickets.map(({ticket}) => ticket.context.issue)})
    const isKept = config.sync.strategy !== 'local-wins'
    engine.dispatch({type: 'restored', tickets, ...(isKept && {shown: await readShown(claims, world)})})
    if (!world.readOnly) {
      always.keep(tickets.map(({ticket: {context}}) => ({ticket: context.issue, session: context.session})))
    }
    listening.replay(mail, tickets)
  }

  /** An earlier life that ended in the middle of a merge left the lock, and nobody else may take it. */
  async function dropLanding(): Promise<void> {
    if ((await git.landingHolder())?.owner !== owner) return
    const lock = await git.acquireLanding(owner)
    if (lock) await git.releaseLanding(lock)
  }

  const pass: Services['pass'] = passOptions =>
    runPass(
      {
        engine,
        reconciler,
        clock,
        running: () => interpreter.running(),
        apiCalls: () => github.budget().calls,
        lostCommits: () => git.lostCommits(),
      },
      passOptions,
    )

  return {
    engine,
    reconciler,
    state,
    pass,
    api: apiHandlers({
      engine,
      reconciler,
      git,
      github,
      host,
      hub: world.hub,
      book,
      talk,
      desk,
      config,
      clock,
      owner,
      hostName: world.hostName,
      defaultBranch: world.defaultBranch,
      caller: world.caller,
      state,
      heard: listening.heard,
      clearLabels: labels.clearLabels,
      endPane: info => endAgent({host, containers, stopGraceMs: STOP_GRACE_MS}, info),
      pass: ({agents, timeoutMs}) => pass({agents, timeoutMs, signal: new AbortController().signal}),
      shutdown: options.shutdown,
    }),
    onState: listener => void listeners.push(listener),
    onNotice: listener => void notices.push(listener),
    async park() {
      interpreter.stop()
      await jobs.end()
      const running = panes.all().filter(info => agentOf(info) && !info.exit)
      await Promise.all(
        running.map(async info => {
          const rescue = await git.rescue({worktree: info.cwd, reason: 'parked'})
          log.info('work saved', {pane: info.pane, ref: rescue.ref})
          await endAgent({host, containers, stopGraceMs: STOP_GRACE_MS}, info)
        }),
      )
    },
    [Symbol.dispose]: () => disposables.dispose(),
  }
}

/** What was changed by hand on GitHub and waits for a person's choice. */
function asksText({shown, tickets}: State): string[] {
  const asked = Object.keys(shown).filter(issue => tickets[Number(issue)] && shown[Number(issue)]!.asks.length > 0)
  if (asked.length === 0) return []
  return [`changed by hand on GitHub, clambake sync: ${asked.map(issue => `#${issue}`).join(' ')}`]
}
