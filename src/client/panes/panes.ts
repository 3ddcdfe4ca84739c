import {AGENT_STATES} from '../../model/agent/states.ts'
import type {PaneId} from '../../model/data/ids.ts'
import type {AgentRow} from '../../protocol/daemon.ts'
import type {ClientState} from '../state/state.ts'

/** Agents that have a terminal, in the order of their slots. */
export function panesOf(agents: readonly AgentRow[]): (AgentRow & {pane: PaneId})[] {
  return agents
    .filter((row): row is AgentRow & {pane: PaneId} => row.pane !== null)
    .sort((a, b) => a.agent.localeCompare(b.agent))
}

/** Agents that have a terminal, as they are on the screen: line by line of the grid, or in the order of the tabs. */
export function panesInOrder({agents, layout, ui}: Pick<ClientState, 'agents' | 'layout' | 'ui'>) {
  const running = panesOf(agents)
  if (layout.kind !== 'wide') return running
  const cells = ui.places.lines.flat()
  const cellOf = ({agent}: AgentRow) => {
    const cell = cells.indexOf(agent)
    return cell < 0 ? cells.length : cell
  }
  return running.sort((a, b) => cellOf(a) - cellOf(b))
}

export function agentOfPane(agents: readonly AgentRow[], pane: PaneId): AgentRow | undefined {
  return agents.find(row => row.pane === pane)
}

/** Whether the agent does nothing until a person answers or prompts it. */
export function needsPerson(row: AgentRow): boolean {
  return AGENT_STATES[row.state].needsPerson
}

/** Tells what a row's program waits for a person about from anything else that it asks; null: it waits for no one. */
export function askedBy(row: AgentRow | undefined): number | null {
  return row && needsPerson(row) ? (row.asks?.id ?? row.since) : null
}
