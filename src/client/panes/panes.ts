import {AGENT_STATES} from '../../model/agent/states.ts'
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

/** Whether the agent does nothing until a person answers or prompts it. */
export function needsPerson(row: AgentRow): boolean {
  return AGENT_STATES[row.state].needsPerson
}
