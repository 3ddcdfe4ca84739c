import {type Config, defaultConfig} from '../config.ts'
import {parseAgentId, slotOf} from '../ids.ts'

/** A setting that is right by itself and does nothing beside the others, and what helps. */
export type WithoutEffect = {what: string; mend: string}

/** Keys of `[agents]` that Claude alone obeys: its permissions, and limits of what it reports to have cost. */
const OF_CLAUDE = [
  'permission_mode',
  'allow',
  'deny',
  'model',
  'append_system_prompt',
  'mcp_config',
  'max_budget_usd',
  'max_budget_usd_per_day',
] as const

/** Names the settings that do nothing though they were written, as a person relies on them. Pure. */
export function withoutEffect(config: Config): WithoutEffect[] {
  return [...slotsWithoutAgent(config), ...hoursWithoutSlot(config), ...ofClaude(config), ...withoutTask(config)]
}

function slotsWithoutAgent({agents, routing: {max_agents: most}}: Config): WithoutEffect[] {
  const over = Object.keys(agents.slots).filter(name => {
    const id = parseAgentId(name)
    return id !== undefined && slotOf(id) > most
  })
  if (over.length === 0) return []
  const what = `[agents] has settings of ${over.join(', ')}, and routing.max_agents = ${most} makes no such agent`
  return [{what, mend: 'raise routing.max_agents, or remove the table'}]
}

function hoursWithoutSlot({agents}: Config): WithoutEffect[] {
  const named = Object.entries(agents.slots).filter(([, slot]) => slot.timezone && !slot.working_hours)
  return named.map(([name]) => ({
    what: `the timezone of ${name} is that of its working_hours, and it has none`,
    mend: `set working_hours of ${name}, or remove the timezone`,
  }))
}

function ofClaude(config: Config): WithoutEffect[] {
  const {agents, radar, hub} = config
  const program = config.profiles[agents.profile]?.command?.[0]
  if (program === undefined) return []
  const agentKeys = OF_CLAUDE.filter(key => JSON.stringify(agents[key]) !== JSON.stringify(defaultConfig.agents[key]))
  const keys = [
    ...agentKeys.map(key => `agents.${key}`),
    ...(radar.before_edit === 'off' ? [] : ['radar.before_edit']),
    ...(hub.blockers === defaultConfig.hub.blockers ? [] : ['hub.blockers']),
  ]
  if (keys.length === 0) return []
  const does = keys.length === 1 ? 'does' : 'do'
  const what = `${keys.join(', ')} ${does} nothing: profile ${agents.profile} runs ${program}, and only Claude without a command obeys`
  return [
    {what, mend: `limit ${program} by its own options, or by sandbox, docker or ssh, and remove what does nothing`},
  ]
}

function withoutTask(config: Config): WithoutEffect[] {
  const {profile: name} = config.agents
  const {prompt, command = [], resume_command: resume} = config.profiles[name] ?? {}
  if (prompt !== 'argument') return []
  const keys = Object.entries({command, resume_command: resume}).filter(
    ([, words]) => words !== undefined && !words.some(word => word.includes('{prompt}')),
  )
  return keys.map(([key]) => ({
    what: `profile ${name} gets no task by its ${key}: prompt is "argument", and the ${key} has no {prompt}`,
    mend: `add {prompt} to profiles.${name}.${key}, unless its program reads CLAMBAKE_TICKET`,
  }))
}
