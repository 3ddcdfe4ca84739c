import {ClambakeError} from '../../base/errors.ts'
import {figure} from '../../base/text.ts'
import {count, shortSha} from '../../base/words.ts'
import type {State} from '../../model/core/state.ts'
import type {Candidate} from '../../model/data/candidate.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {parseAgentId} from '../../model/data/ids.ts'
import type {Prediction} from '../../model/data/main-files.ts'
import type {Pull} from '../../model/data/pull.ts'
import {describeUsage, type Usage} from '../../model/data/usage.ts'
import {heldText, nextOfHeld} from '../../model/decide/mail-turns.ts'
import {gateRows} from '../../model/landing/gate/rows.ts'
import {haltOf, haltText} from '../../model/landing/halt.ts'
import {termLines} from '../../model/landing/terms.ts'
import {needOfTicket, retryText} from '../../model/recovery/needs.ts'
import {agentFor} from '../../model/routing/balance.ts'
import {type Circumstances, circumstancesOf, type Hold, holdsOn} from '../../model/routing/holds.ts'
import {thinkingFor, thinkingText} from '../../model/routing/thinking.ts'
import type {TicketState} from '../../model/ticket/ticket.ts'
import type {WhyAnswer} from '../../protocol/daemon.ts'

type Fact = WhyAnswer['facts'][number]

/** Explains the state of an agent, an issue or a pull request by its facts, newest first. Throws `unknown-subject`. */
export function explain(options: {
  subject: string
  state: State
  at: number
  /** The last signals of a pane's agent, newest first. */
  recentSignals: (pane: PaneId) => readonly Fact[]
}): WhyAnswer {
  const {subject, state} = options
  const agent = parseAgentId(subject)
  const slot = /^#?\d+$/.test(subject) ? undefined : agent && state.agents[agent]
  if (slot) {
    const {value, context} = slot
    const activity = [context.activity, context.doing].filter(Boolean).join(' ')
    const ticket = context.ticket === null ? undefined : state.tickets[context.ticket]
    return {
      subject: context.agent,
      title: null,
      facts: [
        {at: context.since, text: `${value}${activity ? `: ${activity}` : ''}`},
        ...(context.pane === null ? [] : options.recentSignals(context.pane)),
        ...(ticket ? ticketFacts(ticket, state, options.at) : [{at: null, text: 'it has no ticket'}]),
      ],
      gate: gateRows(ticket?.context.gate ?? []),
    }
  }
  const number = Number(subject.replace(/^#/, ''))
  const ticket = ticketAbout(state, number)
  if (ticket) {
    const {title, gate} = ticket.context
    return {subject: `#${number}`, title, facts: ticketFacts(ticket, state, options.at), gate: gateRows(gate)}
  }
  const pull = state.pulls.find(open => open.number === number)
  if (pull) return {subject: `#${number}`, title: pull.title, facts: pullFacts(pull), gate: []}
  const place = state.queue.findIndex(({issue}) => issue.number === number)
  const candidate = state.queue[place]
  if (!candidate) {
    throw new ClambakeError({
      code: 'unknown-subject',
      message: `${subject} is not an agent, open issue or pull request here`,
      next: 'name one like agent001, 123 or #123',
    })
  }
  const {title} = candidate.issue
  return {subject: `#${number}`, title, facts: issueFacts(candidate, place, state, options.at), gate: []}
}

/** The ticket of an issue or pull request of this number. */
export function ticketAbout({tickets}: State, number: number): TicketState | undefined {
  return tickets[number] ?? Object.values(tickets).find(({context}) => context.pull === number)
}

/** The words before what holds an issue back, which is a sentence of its own where they are empty. */
const BEFORE_HOLD: {readonly [kind in Hold['kind']]: string} = {
  human: 'not routed: ',
  blocked: 'not routed: ',
  label: 'not routed: ',
  author: 'not routed: ',
  circle: 'not routed: ',
  waits: 'not routed: ',
  ticket: 'not routed: ',
  claimed: '',
  budget: 'nothing is started: ',
  profile: 'nothing is started: ',
  disk: 'not routed: ',
  limit: 'nothing is started: ',
  refused: '',
  overlap: 'not routed: ',
  hours: 'not routed: ',
  skill: 'not routed: ',
}

/** An unclaimed issue: everything that holds it back, or the agent that would take it. */
function issueFacts(candidate: Candidate, place: number, state: State, at: number): Fact[] {
  const {issue, paths, reasons} = candidate
  const around = circumstancesOf(state, at)
  const holds = [...holdsOn(candidate, state, around)]
  return [
    ...holds.map(({kind, text}) => ({at: null, text: `${BEFORE_HOLD[kind]}${text}`})),
    ...(holds.length === 0 ? readyFacts(candidate, state, around) : []),
    {at: null, text: thinkingText(issue, state.config)},
    ...(paths.length === 0 ? [] : [{at: null, text: `likely touches ${touched(paths)}`}]),
    {at: null, text: `place ${place + 1} of ${state.queue.length}: ${reasons.join(', ')}`},
  ]
}

function readyFacts({issue}: Candidate, state: State, {free, balance, at}: Circumstances): Fact[] {
  const agent = free.length === 0 ? null : agentFor({issue, free, state, balance, at})
  const {routing} = state.mode
  return [
    {at: null, text: 'ready'},
    ...(routing === 'by hand' ? [{at: null, text: 'claimed only on request: routing.auto is off'}] : []),
    ...(routing === 'off' ? [{at: null, text: 'no agent is started now'}] : []),
    {at: null, text: agent === null ? 'no agent is free' : `${agent} would take it (${balance})`},
  ]
}

/** A person reads this many paths at a glance. */
const PATHS_SHOWN = 4

function touched(paths: readonly Prediction[]): string {
  const shown = paths.slice(0, PATHS_SHOWN).map(({path, reason}) => `${path} (${reason})`)
  const more = paths.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

/** An open pull request that belongs to no ticket of this daemon. */
function pullFacts({head, base, draft, mergeable, review, createdAt}: Pull): Fact[] {
  return [
    {at: createdAt, text: `open from ${head.branch} at ${shortSha(head.sha)} into ${base.branch}`},
    {at: null, text: 'not a ticket of this daemon, which lands no pull requests of people'},
    ...(draft ? [{at: null, text: 'a draft'}] : []),
    ...(mergeable === 'conflict' ? [{at: null, text: `conflicts with ${base.branch}`}] : []),
    ...(review === 'requested' ? [{at: null, text: 'waits for a review'}] : []),
  ]
}

function thinkingOf({context}: TicketState, {issues, config}: State): string {
  const issue = issues.find(({number}) => number === context.issue) ?? {title: context.title, body: '', labels: []}
  const {assignment, think: asked} = context
  const {level, reason} = thinkingFor({asked, assignment, issue, fallback: config.agents.think_level})
  return `think level ${level}: ${reason}`
}

/** What a person has to do, and what is kept meanwhile. */
function needFacts(ticket: TicketState, state: State, at: number): Fact[] {
  const need = needOfTicket(ticket, state, at)
  if (need === null) return retryFacts(ticket, state)
  const isSaid = need.what === ticket.context.reason
  // Where the next step is to ask this, the facts and the gate below are the answer.
  const isAsked = need.next === `clambake why ${ticket.context.issue}`
  return [
    ...(isSaid ? [] : [{at: need.since, text: `needs you: ${need.what}`}]),
    {at: null, text: `${isAsked ? '' : `next: ${need.next}; `}kept: ${need.kept}`},
  ]
}

/** What fails for a passing reason and is tried again. */
function retryFacts({context}: TicketState, {retries}: State): Fact[] {
  return Object.values(retries)
    .filter(({ticket}) => ticket === context.issue)
    .map(retry => ({at: retry.since, text: retryText(retry)}))
}

function ticketFacts(ticket: TicketState, state: State, at: number): Fact[] {
  const {value, context} = ticket
  return [
    {at: context.since, text: `#${context.issue} is ${value}${context.reason ? `: ${context.reason}` : ''}`},
    ...needFacts(ticket, state, at),
    ...(context.checks ? [{at: null, text: `checks ${context.checks.done} of ${context.checks.total}`}] : []),
    ...(context.pull === null ? [] : [{at: null, text: `pull request #${context.pull}`}]),
    ...haltFacts(ticket, state),
    ...termLines(context.terms).map(text => ({at: null, text: `this landing: ${text}`})),
    ...(context.head === null ? [] : [{at: null, text: `last pushed ${shortSha(context.head)} on ${context.branch}`}]),
    ...(context.taken === null ? [] : [{at: null, text: `claimed as ${context.taken}`}]),
    {at: null, text: thinkingOf(ticket, state)},
    {at: null, text: triesOf(context)},
    ...usageFacts(context.usage),
    ...mailFacts(ticket, state),
    ...(context.worktree === null ? [] : [{at: null, text: `worktree ${context.worktree}`}]),
  ]
}

/** A bottled ticket waits for the halt to be lifted; the gate says so itself of one that it judges. */
function haltFacts({value}: TicketState, state: State): Fact[] {
  const halt = haltOf(state.halt)
  return halt !== null && value === 'bottled' ? [{at: null, text: haltText(halt)}] : []
}

function triesOf({attempts, repairs, nudges}: TicketState['context']): string {
  return [count(attempts, 'start'), count(repairs, 'repair'), count(nudges, 'reminder')].join(', ')
}

/** The turns that other sessions began, and what becomes of what they write after those. */
function mailFacts(ticket: TicketState, {config}: State): Fact[] {
  const {begun} = ticket.context.mailTurns
  const limit = config.hub.max_mail_turns
  if (begun === 0) return []
  if (begun >= limit) return [{at: null, text: `${heldText(ticket)}; next: ${nextOfHeld(ticket)}`}]
  return [{at: null, text: `other sessions began ${begun} of ${count(limit, 'turn')} since a person wrote`}]
}

function usageFacts(usage: Usage): Fact[] {
  const {requests, input, output, cacheRead, cacheWrite, commits, lines, activeSeconds} = usage
  if (requests === 0) return []
  const tokens = Object.entries({input, output, 'cache read': cacheRead, 'cache write': cacheWrite})
  const shown = tokens.map(([kind, amount]) => `${figure(amount)} ${kind}`).join(', ')
  const minutes = count(Math.round(activeSeconds / 60), 'minute')
  const did = `${count(commits, 'commit')}, ${count(lines, 'line')}, ${minutes} active`
  return [
    {at: null, text: `it used ${describeUsage(usage)} (${shown})`},
    ...(activeSeconds > 0 ? [{at: null, text: `its client counted ${did}`}] : []),
  ]
}
