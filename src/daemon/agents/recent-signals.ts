import {signalOf, signalWords} from '../../agents/claude/signals.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {MailItem} from '../../model/data/pane.ts'
import type {WhyAnswer} from '../../protocol/daemon.ts'

/** Signals that are kept per pane; older ones do not explain the present state. */
const KEPT = 8

export type RecentSignals = {
  take(item: MailItem): void
  /** The last signals of the pane's agent, newest first. */
  of(pane: PaneId): WhyAnswer['facts']
  /** Forgets a closed pane. */
  forget(pane: PaneId): void
}

/** Keeps the last signals of each pane in words, to explain the agent's state. */
export function createRecentSignals(): RecentSignals {
  const heard = new Map<PaneId, WhyAnswer['facts']>()
  return {
    take(item) {
      const signal = signalOf(item)
      if (!signal) return
      const fact = {at: item.at, text: `${item.kind}: ${signalWords(signal)}`}
      heard.set(item.pane, [fact, ...(heard.get(item.pane) ?? [])].slice(0, KEPT))
    },
    of: pane => heard.get(pane) ?? [],
    forget: pane => void heard.delete(pane),
  }
}
