import {usageError} from '../base/errors.ts'
import type {Config, Profile} from '../model/config.ts'
import type {AgentId} from '../model/ids.ts'
import {EFFORT, type ThinkLevel} from '../model/thinking.ts'
import {claudeCommand, claudeTelemetry} from './claude.ts'
import {agentEnvironment} from './environment.ts'

/** The profile that is there without any configuration; a `[profiles.claude]` table replaces it. */
const BUILTIN = 'claude'
/** Starts in a row, the first one counted, that may go on with a conversation of which nothing is known. */
const MAX_RESUMES = 2

export type LaunchPlan = {
  command: readonly [file: string, ...args: string[]]
  /** The whole environment; the host adds TERM, the pane's session and its mailbox. */
  env: Record<string, string>
  /** `paste`: the prompt is pasted once the agent is ready; `argument`: it is in the command. */
  promptBy: 'paste' | 'argument'
  state: Profile['state']
  /** Milliseconds of silence after which a `quiet` agent is taken to be done. */
  quietMs: number | null
  /** Whether the agent keeps conversations by session id. */
  sessions: boolean
}

/** What is started for a ticket. Throws `unknown-profile` and `forge-token-refused`. Pure but for Node's own path. */
export function launchPlan(options: {
  config: Config
  ticket: {issue: number; title: string; branch: string; session: string; worktree: string}
  agent: AgentId
  /** Go on with the session's conversation. */
  resume: boolean
  prompt: string
  think: ThinkLevel
  /** The environment that Clambake itself runs in. */
  hostEnv: Readonly<Record<string, string | undefined>>
}): LaunchPlan {
  const {config, ticket, agent, resume, prompt, think, hostEnv} = options
  const profile = profileOf(config)
  const env = {...workEnvironment({config, ticket, hostEnv}), CLAMBAKE_AGENT: agent}
  if (profile === null) {
    const command = claudeCommand({
      command: config.agents.command,
      session: ticket.session,
      resume,
      permissionMode: config.agents.permission_mode,
      permissions: {allow: config.agents.allow, deny: config.agents.deny},
      effort: EFFORT[think],
      model: config.agents.model,
      appendSystemPrompt: config.agents.append_system_prompt,
    })
    return {
      command,
      // A variable that the configuration names wins.
      env: {...claudeTelemetry(agent, ticket.issue), ...env},
      promptBy: 'paste',
      state: 'signals',
      quietMs: null,
      sessions: true,
    }
  }
  const words: Record<string, string> = {
    session: ticket.session,
    worktree: ticket.worktree,
    ...(profile.prompt === 'argument' && {prompt}),
  }
  const template = (resume && profile.resume_command) || profile.command
  // Once, and not again in what was filled in.
  const filled = template.map(part => part.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole))
  const [file, ...args] = filled
  return {
    command: [file!, ...args],
    env,
    promptBy: profile.prompt,
    state: profile.state,
    quietMs: profile.state === 'quiet' ? profile.quiet_seconds * 1000 : null,
    sessions: profile.resume_command !== undefined,
  }
}

/**
 * Whether an agent's start number `attempt` may go on with its conversation. One that has none and does not say so ends
 * again and again: then it is told its task anew. Throws `unknown-profile`.
 */
export function canGoOn(config: Config, attempt: number): boolean {
  const profile = profileOf(config)
  if (profile === null) return true
  return profile.resume_command !== undefined && (profile.state === 'signals' || attempt <= MAX_RESUMES)
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
