import type {Config} from '../model/data/config.ts'
import {type AgentId, agentId} from '../model/data/ids.ts'

/**
 * Gives each slot with `max_concurrent_tickets` so many panes: the lowest slots without a table of their own work under
 * its settings as well. Gives null when that needs more slots than `routing.max_agents` allows. Pure.
 */
export function withPanes(config: Config): Config | null {
  const {slots} = config.agents
  const named = Object.entries(slots) as [AgentId, Config['agents']['slots'][string]][]
  const all = Array.from({length: config.routing.max_agents}, (_, index) => agentId(index + 1))
  const unnamed = all.filter(id => !Object.hasOwn(slots, id))
  const wanted = named.toSorted(([one], [other]) => (one < other ? -1 : 1)).flatMap(copies)
  if (wanted.length > unnamed.length) return null
  if (wanted.length === 0) return config
  const more = Object.fromEntries(wanted.map((slot, index) => [unnamed[index], slot]))
  return {...config, agents: {...config.agents, slots: {...slots, ...more}}}
}

/** The settings of the panes that a slot needs beside its own. */
function copies([, slot]: [AgentId, Config['agents']['slots'][string]]): Config['agents']['slots'][string][] {
  const {max_concurrent_tickets: panes = 1, ...same} = slot
  return Array.from({length: panes - 1}, () => same)
}
