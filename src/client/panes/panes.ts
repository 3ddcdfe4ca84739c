import type {PaneId} from '../../model/data/ids.ts'
import type {AgentRow} from '../../protocol/daemon.ts'

/** Agents that have a terminal, in the order of their slots: that is the order of the grid. */
export function panesOf(agents: readonly AgentRow[]): (AgentRow & {pane: PaneId})[] {
  return agents
    .filter((row): row is AgentRow & {pane: PaneId} => row.pane !== null)
    .sort((a, b) => a.agent.localeCompare(b.agent))
}

export function agentOfPane(agents: readonly AgentRow[], pane: PaneId): AgentRow | undefined {
  return agents.find(row => row.pane === pane)
}

/** States in which an agent stands still until a person does something. */
export function needsPerson(row: AgentRow): boolean {
  return row.state === 'waiting' || row.state === 'blocked'
}
