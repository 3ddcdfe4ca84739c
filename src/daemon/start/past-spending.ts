import {z} from 'zod'
import {toErrorData} from '../../base/errors.ts'
import type {Log} from '../../base/log.ts'
import type {StoredEvent} from '../../model/data/event.ts'
import type {PaneId} from '../../model/data/ids.ts'
import {addUsage, NO_USAGE, type Usage} from '../../model/data/usage.ts'
import type {HubGateway} from '../../model/gateways/hub.ts'
import {BUDGET_EVENT} from '../../model/spending/budget.ts'
import {USAGE_EVENT} from '../../model/spending/usage.ts'

/** Months of work of many agents; what is older matters to no ticket at hand. */
const EVENTS_READ = 10_000

/** What was spent before this life of the daemon, as the hub's events tell. */
export type PastSpending = {
  /** What a ticket's agents used since then (epoch milliseconds); an earlier claim of the same issue is not its own. */
  usageOf(ticket: number, since: number): Usage
  /** What it had cost when its present budget began; 0: it is its first. */
  budgetFrom(ticket: number, since: number): number
  /** Dollars of a local day, all tickets together. */
  costOf(day: string): number
  /** Number of the pane's last post that is in it; 0: none is. */
  upTo(pane: PaneId): number
}

const counts = z.number().nonnegative().catch(0)
const usage = z.object(
  Object.fromEntries(Object.keys(NO_USAGE).map(key => [key, counts])) as Record<keyof Usage, typeof counts>,
)
const entry = usage.extend({pane: z.string(), day: z.string(), mail: z.number()})
const renewal = z.object({budgetFrom: z.number().nonnegative()})

/** Adds up what was written down; without the hub it is empty. */
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
    log.warn('what was spent before is not known', {error: toErrorData(error)})
    return pastSpendingOf([])
  }
}

/** Pure. */
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
