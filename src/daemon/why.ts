import {ClambakeError} from '../base/errors.ts'
import {heldByBudget} from '../model/budget.ts'
import type {Config} from '../model/config.ts'
import type {PaneId} from '../model/gateways.ts'
import {parseAgentId} from '../model/ids.ts'
import {heldByLimit} from '../model/plan.ts'
import type {Pull} from '../model/pull.ts'
import type {Supervisor} from '../model/supervisor.ts'
import {thinkingFor, thinkingText} from '../model/thinking.ts'
import type {TicketState} from '../model/ticket.ts'
import {describeUsage, type Usage} from '../model/usage.ts'
import type {WhyAnswer} from '../protocol/daemon.ts'

type Fact = WhyAnswer['facts'][number]

/** The facts behind the state of an agent, an issue or a pull request, newest first. Throws `unknown-subject`. */
export function explain(options: {
  subject: string
  state: Supervisor
  config: Config
  at: number
  /** What a pane's agent said last, newest first. */
  heard: (pane: PaneId) => readonly Fact[]
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
      facts: [
        {at: context.since, text: `${value}${activity ? `: ${activity}` : ''}`},
        ...(context.pane === null ? [] : options.heard(context.pane)),
        ...(ticket ? ticketFacts(ticket, state) : [{at: null, text: 'it has no ticket'}]),
      ],
    }
  }
  const number = Number(subject.replace(/^#/, ''))
  const ticket = state.tickets[number] ?? Object.values(state.tickets).find(({context}) => context.pull === number)
  if (ticket) return {subject: `#${number}`, facts: ticketFacts(ticket, state)}
  const pull = state.pulls.find(open => open.number === number)
  if (pull) return {subject: `#${number}`, facts: pullFacts(pull)}
  const place = state.queue.findIndex(({issue}) => issue.number === number)
  const candidate = state.queue[place]
  if (!candidate) {
    throw new ClambakeError({
      code: 'unknown-subject',
      message: `${subject} is no agent, open issue or pull request here`,
      next: 'name one like agent001, 123 or #123',
    })
  }
  const refused = state.refused[number]
  const foreign = state.foreign[number]
  const held = heldByBudget(state, options.at) ?? heldByLimit(state, options.at)
  return {
    subject: `#${number}`,
    facts: [
      ...(foreign
        ? [
            {
              at: Date.parse(foreign.record.claimedAt),
              text: `claimed by ${foreign.record.agent} on ${foreign.record.host}`,
            },
          ]
        : []),
      ...(refused ? [{at: null, text: `its claim was refused: ${refused.reason}`}] : []),
      {at: null, text: candidate.gate ? `not routed: ${candidate.gate.text}` : 'ready'},
      ...(held === null ? [] : [{at: null, text: `nothing is started: ${held}`}]),
      {at: null, text: thinkingText(candidate.issue, state.config)},
      {at: null, text: `place ${place + 1} of ${state.queue.length}: ${candidate.reasons.join(', ')}`},
    ],
  }
}

/** An open pull request that is no ticket's of ours. */
function pullFacts({head, base, draft, mergeable, review, createdAt}: Pull): Fact[] {
  return [
    {at: createdAt, text: `open from ${head.branch} at ${head.sha.slice(0, 7)} into ${base.branch}`},
    {at: null, text: 'no ticket of this daemon: it lands nothing that people opened'},
    ...(draft ? [{at: null, text: 'a draft'}] : []),
    ...(mergeable === 'conflict' ? [{at: null, text: `conflicts with ${base.branch}`}] : []),
    ...(review === 'requested' ? [{at: null, text: 'waits for a review'}] : []),
  ]
}

function thinkingOf({context}: TicketState, {issues, config}: Supervisor): string {
  const issue = issues.find(({number}) => number === context.issue) ?? {title: context.title, body: '', labels: []}
  const {assignment, think: asked} = context
  const {level, reason} = thinkingFor({asked, assignment, issue, fallback: config.agents.think_level})
  return `think level ${level}: ${reason}`
}

function ticketFacts(ticket: TicketState, state: Supervisor): Fact[] {
  const {value, context} = ticket
  return [
    {at: context.since, text: `#${context.issue} is ${value}${context.reason ? `: ${context.reason}` : ''}`},
    ...(context.checks ? [{at: null, text: `checks ${context.checks.done} of ${context.checks.total}`}] : []),
    ...(context.pull === null ? [] : [{at: null, text: `pull request #${context.pull}`}]),
    ...(context.head === null
      ? []
      : [{at: null, text: `last pushed ${context.head.slice(0, 7)} on ${context.branch}`}]),
    {at: null, text: thinkingOf(ticket, state)},
    {at: null, text: `${context.attempts} starts, ${context.repairs} repairs, ${context.nudges} reminders`},
    ...usageFacts(context.usage),
    ...(context.worktree === null ? [] : [{at: null, text: `worktree ${context.worktree}`}]),
  ]
}

function usageFacts(usage: Usage): Fact[] {
  const {requests, input, output, cacheRead, cacheWrite, commits, lines, activeSeconds} = usage
  if (requests === 0) return []
  const tokens = Object.entries({input, output, 'cache read': cacheRead, 'cache write': cacheWrite})
  const shown = tokens.map(([kind, amount]) => `${amount.toLocaleString('en-US')} ${kind}`).join(', ')
  const did = `${commits} commits, ${lines} lines, ${Math.round(activeSeconds / 60)} minutes active`
  return [
    {at: null, text: `it used ${describeUsage(usage)} (${shown})`},
    ...(activeSeconds > 0 ? [{at: null, text: `its client counted ${did}`}] : []),
  ]
}
