import {type AgentId, shortAgent} from '../../data/ids.ts'

/** Who changes something that another has reserved, on one line. */
export function touchedText(row: {
  pattern: string
  from: string
  touched: readonly {label: string; agent: AgentId | null; path: string}[]
}): string {
  const who = row.touched.map(
    ({label, agent, path}) => `${agent === null ? label : `${label} ${shortAgent(agent)}`} (${path})`,
  )
  return `${row.pattern} is reserved by ${row.from}, and changed by ${who.join(', ')}`
}
