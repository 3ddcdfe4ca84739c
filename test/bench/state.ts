import type {AgentId} from '../../src/model/data/ids.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {agent, header, shop, ticket} from '../client/samples.ts'

const DAY_MS = 24 * 60 * 60_000

/** What a daemon knows of a repository with so many ready issues and agents; an agent's pane has the agent's name. */
export function stateOf(options: {issues: number; agents: number}): DaemonState {
  const now = Date.now()
  const indexes = (count: number) => Array.from({length: count}, (_, index) => index)
  return {
    ...shop,
    // No train leaves while something is measured.
    header: {...header, nextTrain: now + DAY_MS},
    agents: indexes(options.agents).map(index => {
      const name = agentName(index)
      return agent(index, {agent: name, pane: name, since: now, ticket: index + 1, title: `Issue of ${name}`})
    }),
    tickets: indexes(options.issues).map(index =>
      ticket({
        number: index + 1,
        title: `Issue ${index + 1} of the shop that somebody has to look at`,
        createdAt: now - index * DAY_MS,
        since: now,
      }),
    ),
    pulls: [],
    conflicts: [],
    sides: [],
    events: [],
  }
}

export function agentName(index: number): AgentId {
  return `agent${String(index + 1).padStart(3, '0')}`
}
