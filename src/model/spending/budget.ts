import {type Draft, moveTicket, setTicket} from '../core/draft.ts'
import type {State} from '../core/state.ts'
import type {Effect, EffectName} from '../data/effects.ts'
import {money, spentToday} from '../data/usage.ts'
import {TICKET_STATES} from '../ticket/states.ts'
import type {TicketState} from '../ticket/ticket.ts'
import {writeUsage} from './usage.ts'

/** Name of the custom event that records from which cost a ticket's present budget counts. */
export const BUDGET_EVENT = 'budget_renewed'

/** A person may want to know before the agent is stopped. */
const WARN_AT = 0.8
/** Effects to drop when the ticket is stopped in the same decision. */
const BEGINNINGS: readonly EffectName[] = [
  'prepareWorktree',
  'setUpWorktree',
  'startAgent',
  'promptAgent',
  'deliverMessages',
]

/** Why nothing is started today; null: the day's budget holds, or there is none. */
export function heldByBudget(state: State, at: number): string | null {
  const limit = state.config.agents.max_budget_usd_per_day
  const spent = spentToday(state.spending, at)
  return limit === undefined || spent < limit ? null : `today's budget of ${money(limit)} is used up (${money(spent)})`
}

/**
 * Stops what has used up its budget and saves its work, and warns once before that: `before` is the state that the
 * decision began with. A ticket whose own budget is used up waits for a person, one that the day's holds back goes
 * on by itself the next day.
 */
export function enforceBudgets(draft: Draft, before: State): void {
  warnOfDay(draft, before)
  const held = heldByBudget(draft.state, draft.at)
  for (const ticket of Object.values(draft.state.tickets)) {
    warnOfTicket(draft, before, ticket)
    if (!TICKET_STATES[ticket.value].may.spend) continue
    const reason = usedUp(draft.state, ticket)
    if (reason !== null) stop(draft, ticket, {type: 'stop', reason})
    else if (held !== null) stop(draft, ticket, {type: 'park', reason: `${held}; it continues tomorrow`})
  }
}

/** A retry by a person gives the ticket the same budget again. */
export function renewBudget(draft: Draft, issue: number): void {
  const ticket = draft.state.tickets[issue]
  if (ticket?.value !== 'blocked' || draft.state.config.agents.max_budget_usd === undefined) return
  const {agent, usage} = ticket.context
  const budgetFrom = usage.costUsd
  setTicket(draft, {...ticket, context: {...ticket.context, budgetFrom}})
  const message = `#${issue} has a new budget after ${money(budgetFrom)}`
  const event = {type: 'custom', name: BUDGET_EVENT, ticket: issue, agent, message, metadata: {budgetFrom}} as const
  draft.effects.push({name: 'record', event})
}

function usedUp({config}: State, {context}: TicketState): string | null {
  const limit = config.agents.max_budget_usd
  const spent = spentOf(context)
  return limit === undefined || spent < limit ? null : `its budget of ${money(limit)} is used up (${money(spent)})`
}

function spentOf({usage, budgetFrom}: TicketState['context']): number {
  return usage.costUsd - budgetFrom
}

function stop(
  draft: Draft,
  ticket: TicketState,
  event: {type: 'stop'; reason: string} | {type: 'park'; reason: string},
): void {
  const {issue, agent, worktree} = ticket.context
  const pane = draft.state.agents[agent]?.context.pane
  if (pane) writeUsage(draft, pane)
  const begins = (effect: Effect) => BEGINNINGS.includes(effect.name) && 'ticket' in effect && effect.ticket === issue
  draft.effects = draft.effects.filter(effect => !begins(effect))
  moveTicket(draft, issue, event)
  if (worktree !== null) {
    draft.effects.push({name: 'saveWork', ticket: issue, agent, worktree, reason: `${agent} stopped: ${event.reason}`})
  }
  draft.effects.push({
    name: 'notify',
    level: 'warning',
    text: `${agent} is stopped on #${issue}: ${event.reason}`,
    kept: 'its work, in its worktree and in refs/clambake/rescue/',
    ...(event.type === 'stop' ? {next: `clambake pop ${issue} gives it another budget`} : {}),
  })
}

function warnOfTicket(draft: Draft, {tickets}: State, {context}: TicketState): void {
  const {issue, agent} = context
  const limit = draft.state.config.agents.max_budget_usd
  const before = tickets[issue]
  if (limit === undefined || !before || !crosses(spentOf(before.context), spentOf(context), limit)) return
  const pane = draft.state.agents[agent]?.context.pane
  // Recorded usage is not counted again after a restart, so the warning does not repeat.
  if (pane) writeUsage(draft, pane)
  warn(draft, `#${issue} has used ${money(spentOf(context))} of its budget of ${money(limit)}`, {ticket: issue, agent})
}

function warnOfDay(draft: Draft, before: State): void {
  const limit = draft.state.config.agents.max_budget_usd_per_day
  const spent = spentToday(draft.state.spending, draft.at)
  if (limit === undefined || !crosses(spentToday(before.spending, draft.at), spent, limit)) return
  for (const pane of Object.keys(draft.state.spending.unwritten)) writeUsage(draft, pane)
  warn(draft, `${money(spent)} of today's budget of ${money(limit)} are used`)
}

/** Whether the spending crossed the warning mark; a used-up budget says more than a warning. */
function crosses(before: number, after: number, limit: number): boolean {
  return before < limit * WARN_AT && after >= limit * WARN_AT && after < limit
}

function warn(
  draft: Draft,
  message: string,
  about: {ticket?: number; agent?: TicketState['context']['agent']} = {},
): void {
  draft.effects.push(
    {name: 'record', event: {type: 'status_update', severity: 'warning', message, ...about}},
    {name: 'notify', level: 'warning', text: message, next: 'raise it in [agents] of clambake.toml'},
  )
}
