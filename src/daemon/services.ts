import {agentEnvironment} from '../agents/environment.ts'
import {ticketVariables} from '../agents/runtime/variables.ts'
import type {Mode} from '../model/core/facts.ts'
import type {State} from '../model/core/state.ts'
import type {Config} from '../model/data/config.ts'
import type {DaemonState, PassReport} from '../protocol/daemon.ts'
import {parkAgents} from './agents/park.ts'
import {createConflictTeller} from './agents/tell-conflict.ts'
import {createLandingTeller} from './agents/tell-landed.ts'
import {type AgentParts, wireAgents} from './agents/wire.ts'
import {apiHandlers} from './api/index.ts'
import type {Engine} from './engine.ts'
import {wireHandlers} from './handlers.ts'
import type {Interpreter} from './interpreter.ts'
import {watchConfiguration} from './loops/configuration.ts'
import {watchHost} from './loops/host.ts'
import type {Reconciler} from './loops/reconcile.ts'
import {type Loops, wireLoops} from './loops/wire.ts'
import {openParts, type Parts} from './parts.ts'
import {type PassOptions, runPass} from './pass.ts'
import {project} from './project.ts'
import {resumeReviews} from './reviews/submit.ts'
import {takeUp} from './start/take-up.ts'
import type {Notice} from './troubles.ts'
import type {World} from './world.ts'

export type Services = Disposable & {
  engine: Engine
  reconciler: Reconciler
  api: ReturnType<typeof apiHandlers>
  /** The same in the name of a speaker that is not the person; null: the person. */
  apiFor(speaker: string | null): ReturnType<typeof apiHandlers>
  state(): DaemonState
  /** Called after each change. */
  onState(listener: () => void): void
  onNotice(listener: (notice: Notice) => void): void
  pass(options: PassOptions): Promise<PassReport>
  /** Saves the work of every running agent in a rescue ref, then ends the agents; the next start continues them. */
  park(): Promise<void>
}

/**
 * Wires the engine, its handlers, the loops and the API over a world. Tickets that this owner held before are taken up
 * before it returns.
 */
export async function wireServices(world: World, options: {mode: Mode; shutdown: () => void}): Promise<Services> {
  const parts = await openParts(world, {mode: options.mode, run: effect => interpreter.run(effect)})
  const {engine, reconciler, changes, notices} = parts
  const {interpreter, clearLabels} = wireHandlers(parts)
  using cleanup = new DisposableStack()
  const agents = await wireAgents(parts, (path, ticket) => loops.touching(path, ticket))
  const loops = wireLoops(parts, agents.messages)
  const {reports, messages} = agents
  const teller = createConflictTeller({messages, log: world.log})
  const landingTeller = createLandingTeller({git: world.git, messages, log: world.log})
  cleanup.use(reports)
  cleanup.use(loops)
  cleanup.use(parts.sessionLog)
  loops.restored(await takeUp(parts, {...agents, restoreMail: loops.restoreMail, conflictsTold: teller.restored}))
  cleanup.use(
    engine.subscribe((state, fact) => {
      messages.take(state, fact)
      parts.sessionLog.take(state, fact)
      parts.landingLog.take(state, fact)
      teller.take(state, fact)
      if (!world.readOnly) landingTeller.take(state, fact)
      loops.take(state, fact)
      if (fact.type === 'configurationChanged') reconciler.configurationChanged()
      changes.call()
      // A ticket's new pane replaces its closed ones.
      if (fact.type === 'agentStarted') void reports.panes.prune()
    }),
  )
  await reports.listen()
  if (!world.readOnly) void resumeReviews({...world, ...parts, ...agents}, notices.call)
  cleanup.use(reconciler)
  cleanup.use(loops.startHeartbeats())
  cleanup.use(watchHost({...world, ...parts}))
  cleanup.use(
    watchConfiguration({
      root: world.git.root,
      ...world,
      running: () => engine.state().config,
      takeUp(config) {
        const fault = world.readOnly ? null : world.profileFault(config)
        engine.dispatch({type: 'configurationChanged', config, profileFault: fault?.what ?? null})
      },
      check: config => refuseTokens(config, world.env),
      onTrouble: parts.troubles.report,
    }),
  )
  cleanup.defer(interpreter.stop)

  const state = () => stateOf(parts, agents, loops)
  const pass = (passOptions: PassOptions) => runPass(passParts(parts, interpreter), passOptions)
  const apiFor = (speaker: string | null) =>
    apiHandlers({
      ...world,
      ...parts,
      ...agents,
      ...(speaker === null ? {} : {caller: speaker}),
      state,
      recentSignals: reports.recentSignals,
      hunks: loops.hunks,
      silenceOf: loops.supervisors.silence,
      clearLabels,
      underWay: interpreter.underWay,
      pass: wanted => pass({...wanted, signal: new AbortController().signal}),
      shutdown: options.shutdown,
    })
  const disposables = cleanup.move()
  return {
    engine,
    reconciler,
    api: apiFor(null),
    apiFor,
    state,
    onState: changes.add,
    onNotice: notices.add,
    pass,
    park: () => parkAgents(parts, {interpreter, panes: reports.panes}),
    [Symbol.dispose]: () => disposables.dispose(),
  }
}

/** The state as the screen shows it. */
function stateOf(parts: Parts, {messages, requests}: AgentParts, loops: Loops): DaemonState {
  const {world, engine, reconciler, journal, troubles} = parts
  const state = engine.state()
  return project(state, {
    repository: world.repository,
    root: world.git.root,
    nextTrain: state.mode.landing === 'train' ? reconciler.nextTrain() : null,
    api: world.github.budget(),
    events: journal.events(),
    hub: loops.hub(),
    readOnly: world.readOnly,
    reviews: loops.reviews(),
    claimOf: parts.claimOf,
    said: messages.said,
    asks: requests.asks,
    jobs: parts.jobs.shown(),
    troubles: [...troubles.texts(), ...loops.supervisors.texts(Object.values(state.foreign)), ...asksText(state)],
    at: world.clock.now(),
  })
}

function passParts({engine, reconciler, world: {git, github, clock}}: Parts, interpreter: Interpreter) {
  return {
    engine,
    reconciler,
    clock,
    onlyRetries: interpreter.onlyRetries,
    apiCalls: () => github.budget().calls,
    lostCommits: () => git.lostCommits(),
  }
}

/** Changes that people made by hand on GitHub and that wait for a choice. */
function asksText({written, tickets}: State): string[] {
  const asked = Object.keys(written).filter(issue => tickets[Number(issue)] && written[Number(issue)]!.asks.length > 0)
  if (asked.length === 0) return []
  return [`changed by hand on GitHub, clambake sync: ${asked.map(issue => `#${issue}`).join(' ')}`]
}

/** Refuses a configuration that would give agents a token for the forge. Throws `forge-token-refused`. */
function refuseTokens(config: Config, hostEnv: NodeJS.ProcessEnv): void {
  const profileEnv = config.profiles[config.agents.profile]?.env ?? {}
  agentEnvironment({hostEnv, config, profileEnv})
  ticketVariables(config, {issue: 0, agent: null, ports: []})
}
