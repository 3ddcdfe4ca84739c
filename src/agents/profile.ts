import {usageError} from '../base/errors.ts'
import type {Config, Profile} from '../model/config.ts'
import type {AgentId} from '../model/ids.ts'
import {EFFORT, type ThinkLevel} from '../model/thinking.ts'
import {claudeCommand, claudeEnvironment} from './claude.ts'
import {agentEnvironment} from './environment.ts'
import type {Trusted} from './trusted.ts'

/** The profile that is there without any configuration; a `[profiles.claude]` table replaces it. */
const BUILTIN = 'claude'

export type LaunchPlan = {
  command: readonly [file: string, ...args: string[]]
  /** The whole environment; the host adds TERM, the pane's session and its mailbox. */
  env: Record<string, string>
  /** `paste`: the prompt is pasted once the agent is ready; `argument`: it is in the command. */
  promptBy: 'paste' | 'argument'
  /** `signals`: the agent posts its hooks; `exit`: it is done when its process ends. */
  state: 'signals' | 'exit'
  /** Whether the agent keeps conversations by session id. */
  sessions: boolean
}

/** What is started for a ticket. Throws `unknown-profile` and `forge-token-refused`. Pure but for Node's own path. */
export function launchPlan(options: {
  config: Config
  ticket: {issue: number; title: string; branch: string; session: string}
  agent: AgentId
  /** Go on with the session's conversation. */
  resume: boolean
  prompt: string
  think: ThinkLevel
  /** What main says to the builtin client. */
  trusted: Trusted
  /** The environment that Clambake itself runs in. */
  hostEnv: Readonly<Record<string, string | undefined>>
}): LaunchPlan {
  const {config, ticket, agent, resume, prompt, think, trusted, hostEnv} = options
  const profile = profileOf(config)
  const env = {...workEnvironment({config, ticket, hostEnv}), CLAMBAKE_AGENT: agent}
  if (profile === null) {
    const command = claudeCommand({
      command: config.agents.command,
      session: ticket.session,
      resume,
      permissionMode: config.agents.permission_mode,
      permissions: {allow: config.agents.allow, deny: config.agents.deny},
      trusted,
      effort: EFFORT[think],
      model: config.agents.model,
      appendSystemPrompt: config.agents.append_system_prompt,
    })
    return {
      command,
      // A variable that the configuration names wins.
      env: {...claudeEnvironment(agent, ticket.issue), ...env},
      promptBy: 'paste',
      state: 'signals',
      sessions: true,
    }
  }
  const [file, ...args] = profile.command.map(part =>
    profile.prompt === 'argument' ? part.replaceAll('{prompt}', () => prompt) : part,
  )
  return {command: [file!, ...args], env, promptBy: profile.prompt, state: profile.state, sessions: false}
}

/** What a ticket's agent has, and what is run on its work. Throws as `launchPlan` does. */
export function workEnvironment(options: {
  config: Config
  ticket: {issue: number; branch: string}
  hostEnv: Readonly<Record<string, string | undefined>>
}): Record<string, string> {
  const {config, ticket, hostEnv} = options
  return {
    ...agentEnvironment({hostEnv, config, profileEnv: profileOf(config)?.env ?? {}}),
    CLAMBAKE_TICKET: String(ticket.issue),
    CLAMBAKE_BRANCH: ticket.branch,
  }
}

/** Whether agents are started as the builtin profile says. Throws `unknown-profile`. */
export function isBuiltin(config: Config): boolean {
  return profileOf(config) === null
}

/** null: the builtin one. */
function profileOf(config: Config): Profile | null {
  const name = config.agents.profile
  const profile = config.profiles[name]
  if (profile) return profile
  if (name === BUILTIN) return null
  throw usageError({
    code: 'unknown-profile',
    message: `agents.profile names ${name}, and there is no such profile`,
    next: `add [profiles.${name}] to clambake.toml, or use one of: ${[BUILTIN, ...Object.keys(config.profiles)].join(', ')}`,
  })
}
