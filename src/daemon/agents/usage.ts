import {createUsageCounter, type UsageCounter} from '../../agents/usage.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import {isNothing, NO_USAGE} from '../../model/data/usage.ts'
import type {MailItem, PaneInfo} from '../../model/gateways/host.ts'
import type {PastSpending} from '../start/past-spending.ts'

/** Brings what panes' telemetry says into the decisions, each thing once over all lives of the daemon. */
export function createUsageTracker({
  pastSpending,
  dispatch,
}: {
  pastSpending: Pick<PastSpending, 'upTo'>
  dispatch: (fact: Fact) => void
}) {
  const counters = new Map<PaneId, {counter: UsageCounter; writtenUpTo: number}>()

  function counterOf(pane: PaneId) {
    const found = counters.get(pane) ?? {counter: createUsageCounter(), writtenUpTo: pastSpending.upTo(pane)}
    counters.set(pane, found)
    return found
  }

  return {
    /** The pane is closed. */
    forget: (pane: PaneId) => void counters.delete(pane),

    /** Anything else than telemetry of an agent at a ticket is passed over. */
    take(item: MailItem, info: PaneInfo | undefined): void {
      const ticket = Number(info?.meta.ticket)
      if (!item.kind.startsWith('otlp-') || !info?.meta.agent || !Number.isInteger(ticket)) return
      const {counter, writtenUpTo} = counterOf(item.pane)
      const before = counter.fill()
      const added = counter.take(item)
      // An earlier life counted it; here it is only known, so that it is not counted when it is posted again.
      const usage = item.seq <= writtenUpTo ? NO_USAGE : added
      const fill = counter.fill() === before ? null : counter.fill()
      if (isNothing(usage) && fill === null) return
      const {pane, seq: mail, at: seenAt} = item
      dispatch({type: 'usageSeen', agent: info.meta.agent as AgentId, pane, ticket, mail, seenAt, usage, fill})
    },
  }
}

export type UsageTracker = ReturnType<typeof createUsageTracker>
