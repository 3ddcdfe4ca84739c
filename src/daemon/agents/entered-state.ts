import type {AgentReport} from '../../model/core/facts.ts'

/** Reports after which an agent waits for a person or for the end of a limit. */
const WAITS: readonly AgentReport['kind'][] = ['asks', 'failed', 'limited', 'silent']

/**
 * When an agent began to wait or to work as its last report says, by all its reports; null: it has worked from its start.
 * Pure.
 */
export function enteredStateAt(reports: readonly {at: number; report: AgentReport}[]): number | null {
  let waits = false
  let since: number | null = null
  for (const {at, report} of reports) {
    const now = WAITS.includes(report.kind)
    if (now !== waits) since = at
    waits = now
  }
  return since
}
