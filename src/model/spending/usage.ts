import {type Draft, setTicket} from '../core/draft.ts'
import type {FactHandlers} from '../core/fact-handlers.ts'
import type {SpendingFact} from '../core/facts.ts'
import {isCurrent} from '../core/slots.ts'
import type {State} from '../core/state.ts'
import type {PaneId} from '../data/ids.ts'
import {addUsage, dayOf, describeUsage, isNothing, type Spending, spentToday} from '../data/usage.ts'

/** Name of the custom event that records a pane's usage since the event before it. */
export const USAGE_EVENT = 'usage_counted'

/** The host keeps only so many of a pane's posts, so a long turn's are recorded before the oldest go. */
const POSTS_UNWRITTEN = 100

export const spendingFacts: FactHandlers<SpendingFact['type']> = {usageSeen: takeUsage}

/** Adds up what a ticket's agent used. It may arrive after the turn, or after the ticket is gone. */
function takeUsage(draft: Draft, fact: SpendingFact): void {
  const {pane, agent, ticket: issue, mail, seenAt, usage, fill} = fact
  if (fill) setSpending(draft, {fills: {...draft.state.spending.fills, [pane]: fill}})
  if (isNothing(usage)) return
  const ticket = draft.state.tickets[issue]
  if (ticket) {
    setTicket(draft, {...ticket, context: {...ticket.context, usage: addUsage(ticket.context.usage, usage)}})
  }
  const {zoneMinutes} = draft.state.spending
  const today = dayOf(draft.at, zoneMinutes)
  const day = dayOf(seenAt, zoneMinutes)
  const costUsd = spentToday(draft.state.spending, draft.at) + (day === today ? usage.costUsd : 0)
  setSpending(draft, {day: today, costUsd})

  if (draft.state.spending.unwritten[pane]?.day !== day) writeUsage(draft, pane)
  const before = draft.state.spending.unwritten[pane]
  const posts = (before?.posts ?? 0) + 1
  const sum = before ? addUsage(before.usage, usage) : usage
  const unwritten = {...draft.state.spending.unwritten, [pane]: {agent, ticket: issue, day, mail, posts, usage: sum}}
  setSpending(draft, {unwritten})
  const works = isCurrent(draft.state, fact) && ticket?.value === 'working'
  if (!works || posts >= POSTS_UNWRITTEN) writeUsage(draft, pane)
}

/**
 * Puts down in the hub what a pane used since the last time. After a restart these events are added up, and posts
 * that came after the last of them, so nothing is counted twice or not at all.
 */
export function writeUsage(draft: Draft, pane: PaneId): void {
  const {[pane]: found, ...unwritten} = draft.state.spending.unwritten
  if (!found) return
  const {agent, ticket, day, mail, usage} = found
  setSpending(draft, {unwritten})
  draft.effects.push({
    name: 'record',
    event: {
      type: 'custom',
      name: USAGE_EVENT,
      agent,
      ticket,
      message: `${agent} used ${describeUsage(usage)} for #${ticket}`,
      metadata: {pane, day, mail, ...usage},
    },
  })
}

/** The zone as it is now: a daemon lives through the change to summer time, and its days with it. */
export function inZone(state: State, zoneMinutes: number): State {
  return state.spending.zoneMinutes === zoneMinutes ? state : {...state, spending: {...state.spending, zoneMinutes}}
}

function setSpending(draft: Draft, change: Partial<Spending>): void {
  draft.state = {...draft.state, spending: {...draft.state.spending, ...change}}
}
