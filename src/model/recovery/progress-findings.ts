import {span} from '../../base/words.ts'
import type {State} from '../core/state.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {about, type Finding, type Found} from './finding.ts'

/** A start, an end or an answer may be on its way for so long. */
const GRACE_MS = 60_000

/** Finds a ticket that is at work although no process of its agent lives. */
export function withoutProcess(ticket: TicketState, {state, panes, at}: Found): Finding[] {
  const {issue, agent, since} = ticket.context
  if (ticket.value !== 'working' || panes === null || at - since < GRACE_MS) return []
  const slot = state.agents[agent]
  const pane = slot?.context.ticket === issue ? slot.context.pane : null
  if (panes.some(info => info.pane === pane && info.exit === null)) return []
  return [
    {
      ...about(ticket, 'working-without-process'),
      what: `is at work with ${agent}, which has no process`,
      since,
      cure: {
        by: 'command',
        treatment: {do: 'note-end', issue, agent},
        will: 'look at its work, and continue as after any end of an agent',
        safe: true,
        next: `clambake agents diagnose ${issue} --fix`,
      },
    },
  ]
}

/** Finds a ticket whose next step should be under way, and for which neither an effect nor a timer is. */
export function withoutStep(ticket: TicketState, {underWay, at}: Found): Finding[] {
  const {issue, since} = ticket.context
  if (TICKET_STATES[ticket.value].next !== 'effect' || underWay === null || underWay.has(issue)) return []
  if (at - since < GRACE_MS) return []
  return [
    {
      ...about(ticket, 'nothing-under-way'),
      what: `is ${ticket.value}, and nothing is being done for it`,
      since,
      cure: {by: 'person', next: 'clambake daemon restart takes it up again; its work and its claim are kept'},
    },
  ]
}

/** Whether a ticket has been at work for so long that it may be stuck. */
export function isLongAtWork({value, context}: TicketState, state: State, at: number): boolean {
  return value === 'working' && isLongSince(context.since, state, at)
}

function isLongSince(since: number, {config}: State, at: number): boolean {
  return at - since >= config.recovery.max_stuck_minutes * 60_000
}

/** Finds a stuck ticket: its agent is at work, and has changed nothing for long, be it since its last change. */
export function withoutChange(ticket: TicketState, {state, lastChanges, at}: Found): Finding[] {
  const {issue, agent} = ticket.context
  const changed = lastChanges.get(issue)
  const since = Math.max(ticket.context.since, changed ?? 0)
  if (changed === undefined || ticket.value !== 'working' || !isLongSince(since, state, at)) return []
  const slot = state.agents[agent]
  const waits = slot?.value === 'waiting' ? slot.context.waitsFor : null
  const ms = at - since
  const unchanged = span(ms - (ms % (ms < 120_000 ? 1000 : 60_000)))
  return [
    {
      ...about(ticket, 'working-without-commits'),
      what: `${agent} ${waits === null ? 'works' : `waits (${slot?.context.activity})`} and changed nothing in ${unchanged}`,
      since,
      cure:
        waits === 'limit'
          ? {by: 'itself', will: `${agent} continues when its limit ends`}
          : {by: 'person', next: waits === 'answer' ? `clambake agents answer ${agent}` : `clambake attach ${agent}`},
    },
  ]
}
