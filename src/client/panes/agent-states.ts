import type {AgentRow} from '../../protocol/daemon.ts'

/** The states of all agents as one text: it changes when one begins to wait for a person, continues, or is free. */
export function agentStates(agents: readonly Pick<AgentRow, 'agent' | 'state'>[]): string {
  return agents.map(({agent, state}) => `${agent} ${state}`).join()
}
