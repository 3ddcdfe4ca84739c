import type {TearDown} from '../../agents/runtime/teardown.ts'
import {type Clock, within} from '../../base/clock.ts'
import {ClambakeError} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import {unknownAgent} from '../../model/agent/unknown.ts'
import type {EffectHandler} from '../../model/core/effect-handler.ts'
import type {State} from '../../model/core/state.ts'
import type {Config} from '../../model/data/config.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {PaneInfo} from '../../model/data/pane.ts'
import type {ClaimBook, GitWithLanding} from '../../model/gateways/git.ts'
import type {GithubGateway} from '../../model/gateways/github.ts'
import type {HostGateway} from '../../model/gateways/host.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import type {ClaimOf} from '../../model/hub/instance.ts'
import type {SlotMeant} from '../../model/hub/meant.ts'
import type {Silence} from '../../model/hub/supervisor.ts'
import type {AskReviewers} from '../../model/landing/review-cause.ts'
import type {Places} from '../../model/radar/hunks.ts'
import {retryText} from '../../model/recovery/needs.ts'
import {heldByDisk} from '../../model/routing/disk.ts'
import {heldByProfile} from '../../model/routing/profile.ts'
import {heldByBudget} from '../../model/spending/budget.ts'
import {TICKET_STATES} from '../../model/ticket/states.ts'
import type {TicketState} from '../../model/ticket/ticket.ts'
import type {DaemonApi, DaemonState, PassReport, WhyAnswer} from '../../protocol/daemon.ts'
import type {Messages} from '../agents/messages.ts'
import type {PermissionRequests} from '../agents/permission-requests.ts'
import type {CrashPoints} from '../crash.ts'
import type {Engine} from '../engine.ts'
import type {LandingLog} from '../landing-log.ts'
import type {Reconciler} from '../loops/reconcile.ts'
import type {Scans} from '../recovery/scans.ts'
import type {ReviewStore} from '../reviews/store.ts'
import type {Sessions} from '../world.ts'
import {nowOf, refuseOther} from './refuse-other.ts'

/** What the API's methods work with. */
export type ApiParts = {
  engine: Engine
  reconciler: Reconciler
  git: GitWithLanding
  github: GithubGateway
  host: HostGateway
  hub: HubGateway
  sessions: Sessions | null
  book: ClaimBook
  claimOf: ClaimOf
  messages: Messages
  requests: PermissionRequests
  reviewStore: ReviewStore
  config: Config
  /** Points at which a test kills the daemon. */
  crash: CrashPoints
  clock: Clock
  log: Log
  /** Scans of orphans that run or were made for a command. */
  scans: Scans
  askReviewers: AskReviewers
  landingLog: LandingLog
  tearDown: TearDown
  owner: string
  hostName: string
  repository: string
  defaultBranch: string
  /** Who calls over the socket, which only this user can reach: `ada@laptop`. */
  caller: string
  state: () => DaemonState
  /** The last signals of a pane's agent, newest first. */
  recentSignals: (pane: PaneId) => WhyAnswer['facts']
  /** The places in which two sides conflict, by path. */
  hunks: (pair: {one: string; other: string | null}) => Promise<Places>
  /** How long the hub has had no word of another daemon; null: it has, or knows nothing of it. */
  silenceOf: (owner: string) => Silence | null
  clearLabels: EffectHandler<'clearLabels'>
  /** Tickets for which an effect or a timer is under way. */
  underWay: () => ReadonlySet<number>
  /** Ends the program of an agent's pane, and its container. */
  endPane: (info: PaneInfo) => Promise<void>
  pass: (options: {agents: boolean; timeoutMs: number | null}) => Promise<PassReport>
  shutdown: () => void
}

export type Handlers<Method extends keyof DaemonApi = keyof DaemonApi> = {
  [M in Method]: (params: DaemonApi[M]['params']) => Promise<DaemonApi[M]['result']>
}

/** Looks at GitHub if the daemon has just started and has not done so yet. */
export async function ensureLooked({engine, reconciler}: ApiParts): Promise<void> {
  if (engine.state().main === null) await reconciler.look()
}

export function isKnown(state: State, issue: number): boolean {
  return state.tickets[issue] !== undefined || state.issues.some(other => other.number === issue)
}

/**
 * The ticket in an agent's slot. `meant`: the one that the caller saw there; a slot that has another by now is refused.
 * Throws `no-ticket`.
 */
export function ticketOf(
  {engine, claimOf}: Pick<ApiParts, 'engine' | 'claimOf'>,
  agent: AgentId,
  meant?: SlotMeant,
): TicketState {
  const state = engine.state()
  const issue = state.agents[agent]?.context.ticket
  const ticket = issue == null ? undefined : state.tickets[issue]
  if (ticket && meant) refuseOther({agent, now: nowOf(claimOf, ticket.context.issue), meant})
  if (ticket) return ticket
  assertAgent(state, agent)
  throw new ClambakeError({
    code: 'no-ticket',
    message: `${agent} has no ticket`,
    next: 'clambake status shows who works on what',
  })
}

/** Throws `unknown-agent` for one that the configuration has no slot for. */
export function assertAgent({agents}: Pick<State, 'agents'>, agent: string): void {
  if (!Object.hasOwn(agents, agent)) throw unknownAgent(Object.keys(agents), agent)
}

/** The error for a claim while every slot has a ticket. */
export function noFreeAgent(state: State): ClambakeError {
  const count = Object.keys(state.agents).length
  return new ClambakeError({
    code: 'no-free-agent',
    message: `All ${count} agent${count === 1 ? ' is' : 's are'} busy`,
    next: 'wait for one, or raise routing.max_agents in clambake.toml',
  })
}

/** Throws `budget-used-up` when the day's budget is spent. */
export function refuseSpending({engine, clock}: ApiParts): void {
  const held = heldByBudget(engine.state(), clock.now())
  if (held === null) return
  throw new ClambakeError({
    code: 'budget-used-up',
    message: `No agent is started: ${held}`,
    kept: 'tickets that it stopped continue tomorrow',
    next: 'wait, or raise agents.max_budget_usd_per_day in clambake.toml',
  })
}

/** Throws `command-not-found` when no agent can start on this machine; a program that was installed meanwhile counts. */
export function refuseProfile({engine, reconciler}: Pick<ApiParts, 'engine' | 'reconciler'>): void {
  reconciler.checkProfile()
  const held = heldByProfile(engine.state())
  if (held === null) return
  throw new ClambakeError({
    code: 'command-not-found',
    message: `No agent can start: ${held}`,
    kept: 'nothing was claimed',
    next: 'clambake doctor says how to fix it',
  })
}

/** Throws `disk-used-up` when the worktrees use as much of the disk as they may. Tickets that have one continue. */
export function refuseDisk({engine}: Pick<ApiParts, 'engine'>): void {
  const held = heldByDisk(engine.state())
  if (held === null) return
  throw new ClambakeError({
    code: 'disk-used-up',
    message: `No issue is claimed: ${held}`,
    kept: 'agents at work continue',
    next: 'clambake cleanup frees what is landed; or raise recovery.max_disk_gb in clambake.toml',
  })
}

/** Requests to processes and GitHub take seconds. */
const SOON_MS = 60_000

/** Resolves when `isSo` holds for the state. Throws `not-yet` when it does not within a minute. */
export async function soon(
  {engine, clock}: Pick<ApiParts, 'engine' | 'clock'>,
  what: string,
  isSo: (state: State) => boolean,
): Promise<void> {
  const done = engine.until(state => (isSo(state) ? true : undefined))
  if (await within(SOON_MS, done, clock)) return
  throw new ClambakeError({
    code: 'not-yet',
    message: `It takes longer than a minute until ${what}`,
    kept: 'all work; the request continues in the background',
    next: 'clambake agents diagnose shows the present state',
  })
}

type ClaimEnd =
  | {issue: number; agent: TicketState['context']['agent']; title: string; branch: string; taken: string | null}
  /** `continues`: the claim is tried on; what is outside does not work now. */
  | {issue: number; reason: string; continues?: true}

/** A claim that failed so often waits for something outside that may take hours, and its caller is told. */
const TOLD_AFTER_TRIES = 4

function whyUnclaimed({mode}: State): string {
  return mode.routing === 'off' ? 'no agent is started now' : 'no agent was free'
}

/** Resolves when a ticket's claim is won and its worktree exists, when the claim has failed, or when it has to wait. */
export function claimEnd(engine: Engine, issue: number): Promise<ClaimEnd> {
  return engine.until((state): ClaimEnd | undefined => {
    const ticket = state.tickets[issue]
    if (!ticket) return {issue, reason: state.refused[issue]?.reason ?? whyUnclaimed(state)}
    if (TICKET_STATES[ticket.value].is.beginning) {
      const waits = Object.values(state.retries).find(
        retry => retry.ticket === issue && retry.tries >= TOLD_AFTER_TRIES,
      )
      return waits && {issue, reason: retryText(waits), continues: true}
    }
    const {agent, title, branch, reason, taken} = ticket.context
    if (ticket.value === 'blocked') return {issue, reason: reason ?? 'it is blocked'}
    return {issue, agent, title, branch, taken}
  })
}

/** Waits as `claimEnd` does. Throws `claim-refused` when the claim has failed. */
export async function claimWon(engine: Engine, issue: number): Promise<DaemonApi['pop']['result']> {
  const end = await claimEnd(engine, issue)
  if (!('reason' in end))
    return {ticket: issue, title: end.title, agent: end.agent, branch: end.branch, ...(end.taken && {taken: end.taken})}
  if (end.continues) {
    throw new ClambakeError({
      code: 'not-yet',
      message: `#${issue} cannot be started now: ${end.reason}`,
      kept: 'the request: Clambake tries it until it works',
      next: `clambake why ${issue}, or clambake status --health-check`,
    })
  }
  throw new ClambakeError({
    code: 'claim-refused',
    message: `No agent could start on #${issue}: ${end.reason}`,
    next: `clambake why ${issue}; clambake peek shows what else is ready`,
  })
}
