import type {JobPane} from '../agents/jobs/jobs.ts'
import {safeLine} from '../base/text.ts'
import type {AgentState} from '../model/agent/agent.ts'
import type {Asks} from '../model/agent/asks.ts'
import {agentPhase} from '../model/agent/states.ts'
import type {State} from '../model/core/state.ts'
import type {Candidate} from '../model/data/candidate.ts'
import type {Claim} from '../model/data/claim.ts'
import type {StoredEvent} from '../model/data/event.ts'
import type {PaneId} from '../model/data/ids.ts'
import type {Pull} from '../model/data/pull.ts'
import {spentToday} from '../model/data/usage.ts'
import {shownTrain} from '../model/decide/train/shown.ts'
import type {ApiBudget} from '../model/gateways/github.ts'
import type {ClaimOf} from '../model/hub/instance.ts'
import {haltOf, haltText} from '../model/landing/halt.ts'
import type {SeenConflict} from '../model/radar/conflict.ts'
import {needOfTicket} from '../model/recovery/needs.ts'
import {TICKET_STATES} from '../model/ticket/states.ts'
import type {TicketState} from '../model/ticket/ticket.ts'
import type {AgentRow, DaemonState, HubState, PullRow, TicketRow} from '../protocol/daemon.ts'
import type {Reviews} from './loops/reviews.ts'

/** What the screen shows beside the state of the decisions. */
export type ScreenData = {
  repository: string
  root: string
  nextTrain: number | null
  api: ApiBudget | null
  events: readonly StoredEvent[]
  hub: HubState
  troubles: readonly string[]
  readOnly: boolean
  reviews: Reviews
  claimOf: ClaimOf
  /** The last messages about a ticket. */
  said: (ticket: number) => AgentRow['said']
  /** Now, in epoch milliseconds: it selects the day whose cost is shown. */
  at: number
  /** The request that the program in a pane waits for. */
  asks: (pane: PaneId | null) => Asks | null
  /** The commands that run in panes of their own. */
  jobs: readonly JobPane[]
}

type TicketData = Pick<ScreenData, 'at' | 'claimOf'>

/** Turns the state of the decisions into the state that clients show. Pure. */
export function project(state: State, data: ScreenData): DaemonState {
  const tickets = ticketRows(state, data)
  const halt = haltOf(state.halt)
  return {
    header: {
      repository: data.repository,
      root: data.root,
      main: state.main,
      nextTrain: data.nextTrain,
      train: shownTrain(state),
      aboard: Object.values(state.tickets).filter(ticket => ticket.value === 'bottled').length,
      api: data.api,
      // null: nothing was reported, or nothing was spent.
      costToday: spentToday(state.spending, data.at) || null,
      routing: state.mode.routing,
      routingLabel: state.config.routing.routing_label,
      readOnly: data.readOnly,
      halted: halt && haltText(halt),
      troubles: data.troubles,
    },
    agents: agentRows(state, data),
    tickets,
    pulls: state.pulls.map(pull => pullRow(pull, state, data)),
    conflicts: conflictRows(state),
    sides: state.radar.sides,
    events: data.events,
    hub: data.hub,
  }
}

function agentRows(state: State, data: ScreenData): AgentRow[] {
  return Object.values(state.agents).map(agent => {
    const {value, context} = agent
    const ticket = context.ticket === null ? undefined : state.tickets[context.ticket]
    const job = context.pane === null ? jobOf(agent, state, data.jobs) : undefined
    return {
      agent: context.agent,
      state: agentPhase(agent),
      activity: job ? JOB_WORDS[job.kind] : context.activity,
      doing: job ? safeLine(job.command) : context.doing,
      asks: value === 'waiting' ? data.asks(context.pane) : null,
      since: job?.since ?? context.since,
      ticket: context.ticket,
      claim: (context.ticket === null ? undefined : data.claimOf(context.ticket).claim) ?? null,
      title: ticket?.context.title ?? null,
      ticketCost: ticket && ticket.context.usage.requests > 0 ? ticket.context.usage.costUsd : null,
      pane: context.pane ?? job?.pane ?? null,
      said: context.ticket === null ? [] : data.said(context.ticket),
    }
  })
}

const JOB_WORDS: Readonly<Record<JobPane['kind'], string>> = {
  setup: 'sets up',
  verify: 'verifies',
  regenerate: 'makes files',
  teardown: 'tears down',
}

/** The command that runs for a ticket of an agent without a terminal: its own, or the one that it had last. */
function jobOf({context}: AgentState, {tickets}: State, jobs: readonly JobPane[]): JobPane | undefined {
  return (
    jobs.find(({ticket}) => ticket === context.ticket) ??
    jobs.find(({ticket}) => context.ticket === null && tickets[ticket]?.context.agent === context.agent)
  )
}

function ticketRows(state: State, data: TicketData): TicketRow[] {
  const open = new Set(state.queue.map(candidate => candidate.issue.number))
  const landed = Object.values(state.tickets).filter(ticket => !open.has(ticket.context.issue))
  return [
    ...state.queue.map(candidate => ticketRow(candidate, state, data)),
    ...landed.map(ticket => heldRow(ticket, state, {priority: 'none', createdAt: ticket.context.since, ...data})),
  ]
}

function ticketRow(candidate: Candidate, state: State, {at, claimOf}: TicketData): TicketRow {
  const {issue, priority} = candidate
  const ticket = state.tickets[issue.number]
  if (ticket) return heldRow(ticket, state, {priority, createdAt: issue.createdAt, at, claimOf})
  const foreign = state.foreign[issue.number]
  if (foreign) return openRow(candidate, foreign)
  const known = readyRows.get(candidate) ?? openRow(candidate, undefined)
  readyRows.set(candidate, known)
  return known
}

/** The rows of issues that no daemon holds: thousands, of which a decision changes few. */
const readyRows = new WeakMap<Candidate, TicketRow>()

function openRow({issue, priority, gate}: Candidate, foreign: Claim | undefined): TicketRow {
  return {
    number: issue.number,
    title: issue.title,
    phase: foreign ? 'claimed' : gate?.kind === 'blocked' ? 'blocked' : 'ready',
    detail: null,
    priority,
    agent: null,
    claim: null,
    foreignOwner: foreign?.record.host ?? null,
    gate,
    attention: null,
    next: null,
    branch: foreign?.record.branch ?? null,
    pull: foreign?.record.pull ?? null,
    createdAt: issue.createdAt,
    since: issue.createdAt,
  }
}

function heldRow(
  {value, context}: TicketState,
  state: State,
  {at, claimOf, priority, createdAt}: Pick<TicketRow, 'priority' | 'createdAt'> & TicketData,
): TicketRow {
  const {screen, detail} = TICKET_STATES[value].shown
  const need = needOfTicket({value, context}, state, at)
  return {
    number: context.issue,
    title: context.title,
    phase: screen,
    detail,
    priority,
    createdAt,
    agent: context.agent,
    claim: claimOf(context.issue).claim ?? null,
    foreignOwner: null,
    gate: null,
    attention: need?.what ?? null,
    next: need?.next ?? null,
    branch: context.branch,
    pull: context.pull,
    since: context.shownSince,
  }
}

function pullRow(pull: Pull, state: State, {at, reviews}: ScreenData): PullRow {
  const ticket = Object.values(state.tickets).find(({context}) => context.pull === pull.number)
  return {
    number: pull.number,
    title: pull.title,
    ticket: ticket?.context.issue ?? null,
    state: pull.state,
    checks: checksOf(pull, ticket),
    mergeable: pull.mergeable,
    review: reviews.get(pull.number) ?? pull.review,
    draft: pull.draft,
    landing:
      (ticket !== undefined && TICKET_STATES[ticket.value].is.landing) ||
      state.train.now.context.trials.some(trial => trial.pull === pull.number),
    attention: (ticket && needOfTicket(ticket, state, at)?.what) ?? null,
    since: pull.createdAt,
  }
}

/** The checks of a pull request. While its ticket waits for them they are read more often than the list of all. */
function checksOf({checks}: Pull, ticket: TicketState | undefined): PullRow['checks'] {
  const watched = ticket?.context.checks
  if (watched && (ticket?.value === 'checking' || !checks)) {
    return {state: watched.done < watched.total ? 'pending' : 'passed', ...watched}
  }
  return checks ? {state: checks.state, done: checks.done, total: checks.total} : {state: 'unknown', done: 0, total: 0}
}

/** What the radar sees, and repairs of conflicts that GitHub reported, until the radar sees those itself. */
function conflictRows({tickets, radar}: State): DaemonState['conflicts'] {
  const repaired = Object.values(tickets).flatMap(({value, context}): SeenConflict[] => {
    const {issue, agent, branch, assignment} = context
    if (TICKET_STATES[value].has.bottle || assignment.kind !== 'repair' || assignment.repair.kind !== 'conflict')
      return []
    if (radar.conflicts.some(({one, other}) => one.ticket === issue && other === null)) return []
    const one = {key: `#${issue}`, label: `#${issue}`, ticket: issue, agent, branch}
    const files = assignment.repair.paths.map(path => ({path, kind: 'contents'}))
    return [{one, other: null, files, committed: true, since: context.since}]
  })
  return [...radar.conflicts, ...repaired]
}
