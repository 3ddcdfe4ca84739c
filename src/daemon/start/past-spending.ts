import * as z from 'zod'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {addUsage, NO_USAGE, type Usage} from '../../model/data/usage.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {BUDGET_EVENT} from '../../model/spending/budget.ts'
import {USAGE_EVENT} from '../../model/spending/usage.ts'

/** Months of work of many agents; older events belong to no present ticket. */
const EVENTS_READ = 10_000

/** What earlier runs of the daemon spent, by the hub's events. */
export type PastSpending = {
  /** What a ticket's agents used since a time (epoch milliseconds): an earlier claim of the issue does not count. */
  usageOf(ticket: number, since: number): Usage
  /** The ticket's cost when its present budget began; 0: the budget is its first. */
  budgetFrom(ticket: number, since: number): number
  /** The cost of a local day in dollars, all tickets together. */
  costOf(day: string): number
  /** The number of the pane's last post that was counted; 0: none was. */
  upTo(pane: PaneId): number
}

const counts = z.number().nonnegative().catch(0)
const usage = z.object(
  Object.fromEntries(Object.keys(NO_USAGE).map(key => [key, counts])) as Record<keyof Usage, typeof counts>,
)
const entry = usage.extend({pane: z.string(), day: z.string(), mail: z.number()})
const renewal = z.object({budgetFrom: z.number().nonnegative()})

/**
 * Adds up the hub's events. A claim's spending goes with it to another daemon that uses the same hub; while the hub cannot be
 * read, and for one with a hub of its own, it begins at 0.
 */
export async function readPastSpending({
  hub,
  log,
}: {
  hub: Pick<HubGateway, 'history'>
  log: Log
}): Promise<PastSpending> {
  try {
    const used = await hub.history({name: USAGE_EVENT, limit: EVENTS_READ})
    return pastSpendingOf([...used, ...(await hub.history({name: BUDGET_EVENT, limit: EVENTS_READ}))])
  } catch (error) {
    log.warn('cannot read past spending', {error: toErrorData(error)})
    return pastSpendingOf([])
  }
}

/** Adds up usage events and budget renewals. Pure. */
export function pastSpendingOf(events: readonly StoredEvent[]): PastSpending {
  const entries = events.flatMap(({ticket, at, metadata}) => {
    const parsed = entry.safeParse(metadata)
    return parsed.success ? [{...parsed.data, ticket, at}] : []
  })
  const renewals = events.flatMap(({ticket, at, metadata}) => {
    const parsed = renewal.safeParse(metadata)
    return parsed.success ? [{...parsed.data, ticket, at}] : []
  })
  return {
    budgetFrom: (ticket, since) =>
      renewals.findLast(found => found.ticket === ticket && found.at >= since)?.budgetFrom ?? 0,
    usageOf: (ticket, since) =>
      entries
        .filter(found => found.ticket === ticket && found.at >= since)
        .map(found => usage.parse(found))
        .reduce(addUsage, NO_USAGE),
    costOf: day => entries.reduce((sum, found) => (found.day === day ? sum + found.costUsd : sum), 0),
    upTo: pane => entries.reduce((last, found) => (found.pane === pane ? Math.max(last, found.mail) : last), 0),
  }
}
