import {createUsageCounter, type UsageCounter} from '../../agents/claude/usage.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {AgentId, PaneId} from '../../model/data/ids.ts'
import type {MailItem, PaneInfo} from '../../model/data/pane.ts'
import {isNothing, NO_USAGE} from '../../model/data/usage.ts'
import type {PastSpending} from '../start/past-spending.ts'

/** Reports the usage in panes' telemetry to the decisions; each figure counts once, also across restarts. */
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
    /** Forgets a closed pane. */
    forget: (pane: PaneId) => void counters.delete(pane),

    /** Takes telemetry of an agent with a ticket; other mail is skipped. */
    take(item: MailItem, info: PaneInfo | undefined): void {
      const ticket = Number(info?.meta.ticket)
      if (!item.kind.startsWith('otlp-') || !info?.meta.agent || !Number.isInteger(ticket)) return
      const {counter, writtenUpTo} = counterOf(item.pane)
      const before = counter.fill()
      const added = counter.take(item)
      // An earlier run counted it; the counter knows it now, so that a repeated post does not count.
      const usage = item.seq <= writtenUpTo ? NO_USAGE : added
      const fill = counter.fill() === before ? null : counter.fill()
      if (isNothing(usage) && fill === null) return
      const {pane, seq: mail, at: seenAt} = item
      dispatch({type: 'usageSeen', agent: info.meta.agent as AgentId, pane, ticket, mail, seenAt, usage, fill})
    },
  }
}

export type UsageTracker = ReturnType<typeof createUsageTracker>
