import {isAbsolute} from 'node:path'
import {usageError} from '../base/errors.ts'
import {findProgram} from '../base/files.ts'
import {BUILTIN_PROFILE, profileNames, programsOf} from '../model/data/config/profiles.ts'
import type {Config, Profile} from '../model/data/config.ts'
import type {AgentId} from '../model/data/ids.ts'
import {EFFORT, type ThinkLevel} from '../model/data/think-level.ts'
import {type AsksBefore, claudeCommand} from './claude/command.ts'
import type {Trusted} from './claude/trusted.ts'
import {claudeEnvironment} from './claude/variables.ts'
import {agentEnvironment} from './environment.ts'
import type {ContainerPlace} from './isolation/containers.ts'
import {dockerClientEnvironment, dockerRun} from './isolation/docker.ts'
import {sshRun} from './isolation/ssh.ts'

/** Starts in a row, including the first, that may resume a conversation when the agent reports nothing about it. */
const MAX_RESUMES = 2

export type LaunchPlan = {
  command: readonly [file: string, ...args: string[]]
  /** The whole environment; the host adds TERM, the pane's session and its mailbox. */
  env: Record<string, string>
  /** `paste`: the prompt is pasted once the agent is ready; `argument`: it is in the command. */
  promptBy: 'paste' | 'argument'
  state: Profile['state']
  /** Milliseconds of silence after which a `quiet` agent counts as done. */
  quietMs: number | null
  /** Whether the agent keeps conversations by session id. */
  sessions: boolean
}

type Launch = {
  config: Config
  ticket: {issue: number; title: string; branch: string; session: string; worktree: string}
  agent: AgentId
  /** Resume the session's conversation. */
  resume: boolean
  prompt: string
  think: ThinkLevel
  /** Files outside of the worktree that it may read without asking. */
  mayRead?: readonly string[]
  /** Claude's settings and MCP servers from main. */
  trusted: Trusted
  /** The environment that Clambake itself runs in. */
  hostEnv: Readonly<Record<string, string | undefined>>
  /** Those of the ticket's worktree. */
  variables?: Readonly<Record<string, string>>
  /** The paths of a profile that runs in a container. */
  container?: ContainerPlace | undefined
}

/** Plans a ticket's agent process. Throws `unknown-profile` and `forge-token-refused`. Pure but for Node's own path. */
export function launchPlan(options: Launch): LaunchPlan {
  const {config, ticket, hostEnv, variables = {}, agent} = options
  const profile = profileOf(config)
  const env = {...workEnvironment({config, ticket, hostEnv, variables}), CLAMBAKE_AGENT: agent}
  const plan = profile?.command ? programPlan(options, profile, env) : claudePlan(options, env)
  if (profile?.runner === 'docker' && options.container) return inContainer(plan, options, profile, options.container)
  if (profile?.runner === 'ssh') return overSsh(plan, options, profile)
  return plan
}

/** Before which calls an agent's client asks Clambake. */
function asksBefore({hub, radar}: Config): AsksBefore {
  if (hub.blockers !== 'off') return 'what may be held'
  return radar.before_edit === 'off' ? 'none' : 'edits'
}

function claudePlan(
  {config, ticket, agent, resume, think, mayRead = [], trusted}: Launch,
  env: Record<string, string>,
): LaunchPlan {
  const command = claudeCommand({
    command: config.agents.command,
    session: ticket.session,
    resume,
    permissionMode: config.agents.permission_mode,
    permissions: {allow: [...config.agents.allow, ...mayRead.map(file => `Read(/${file})`)], deny: config.agents.deny},
    trusted,
    effort: EFFORT[think],
    model: config.agents.model,
    appendSystemPrompt: config.agents.append_system_prompt,
    node: runsInContainer(config) ? 'node' : process.execPath,
    asksBefore: asksBefore(config),
  })
  // Variables of the configuration win.
  const variables = {...claudeEnvironment(agent, ticket.issue), ...env}
  return {command, env: variables, promptBy: 'paste', state: 'signals', quietMs: null, sessions: true}
}

function programPlan({ticket, resume, prompt}: Launch, profile: Profile, env: Record<string, string>): LaunchPlan {
  const words: Record<string, string> = {
    session: ticket.session,
    worktree: ticket.worktree,
    ...(profile.prompt === 'argument' && {prompt}),
  }
  const template = (resume && profile.resume_command) || profile.command!
  // In one pass: placeholders inside filled-in text stay as they are.
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

function inContainer(
  plan: LaunchPlan,
  {ticket, hostEnv}: Launch,
  profile: Profile,
  container: NonNullable<Launch['container']>,
): LaunchPlan {
  const command = dockerRun({
    ...container,
    image: profile.image!,
    args: profile.runner_args,
    session: ticket.session,
    worktree: ticket.worktree,
    variables: Object.keys(plan.env),
    posts: plan.state === 'signals',
    command: plan.command,
  })
  return {...plan, command, env: {...dockerClientEnvironment(hostEnv), ...plan.env}}
}

function overSsh(plan: LaunchPlan, {ticket, agent, variables}: Launch, profile: Profile): LaunchPlan {
  const command = sshRun({
    host: profile.host!,
    args: profile.runner_args,
    directory: ticket.worktree,
    variables: {
      ...variables,
      CLAMBAKE_AGENT: agent,
      CLAMBAKE_TICKET: String(ticket.issue),
      CLAMBAKE_BRANCH: ticket.branch,
    },
    command: plan.command,
  })
  return {...plan, command}
}

/**
 * Whether start number `attempt` of an agent may resume its conversation. An agent without a conversation that does not
 * say so ends at each start; after a few of them it is given its task again. Throws `unknown-profile`.
 */
export function mayResume(config: Config, attempt: number): boolean {
  const profile = profileOf(config)
  if (!profile?.command) return true
  return profile.resume_command !== undefined && (profile.state === 'signals' || attempt <= MAX_RESUMES)
}

/** Whether agents run in containers. */
export function runsInContainer({agents, profiles}: Config): boolean {
  return profiles[agents.profile]?.runner === 'docker'
}

/** The environment of a ticket's agent and of the commands run on its work. Throws as `launchPlan` does. */
export function workEnvironment(options: {
  config: Config
  ticket: {issue: number; branch: string}
  hostEnv: Readonly<Record<string, string | undefined>>
  /** Those of the ticket's worktree. */
  variables: Readonly<Record<string, string>>
}): Record<string, string> {
  const {config, ticket, hostEnv, variables} = options
  return {
    ...agentEnvironment({hostEnv, config, profileEnv: profileOf(config)?.env ?? {}}),
    ...variables,
    CLAMBAKE_TICKET: String(ticket.issue),
    CLAMBAKE_BRANCH: ticket.branch,
  }
}

/** The environment in which agents commit on this machine; null: they run in a container or on another machine. */
export function commitEnvironment(options: {
  config: Config
  hostEnv: Readonly<Record<string, string | undefined>>
}): Record<string, string> | null {
  const {config, hostEnv} = options
  const profile = config.profiles[config.agents.profile]
  return profile?.runner ? null : agentEnvironment({hostEnv, config, profileEnv: profile?.env ?? {}})
}

/** Whether agents are Claude Code, started by the builtin command line. Throws `unknown-profile`. */
export function isClaude(config: Config): boolean {
  return profileOf(config)?.command === undefined
}

/** The configured profile; null: the builtin one. */
function profileOf(config: Config): Profile | null {
  const name = config.agents.profile
  const profile = config.profiles[name]
  if (profile) return profile
  if (name === BUILTIN_PROFILE) return null
  throw usageError({
    code: 'unknown-profile',
    message: `agents.profile names ${name}, which does not exist`,
    next: `add [profiles.${name}] to clambake.toml, or use one of: ${profileNames(config).join(', ')}`,
  })
}

/** Why no agent of the chosen profile can start on this machine, and what mends it. */
export type ProfileFault = {program: string; what: string; mend: string}

/**
 * Looks for the programs of the chosen profile in the environment that its agents get; null: they are there. A path that
 * is relative is one in the agent's worktree, and is seen only at its start.
 */
export function profileFault(options: {
  config: Config
  hostEnv: Readonly<Record<string, string | undefined>>
}): ProfileFault | null {
  const {config, hostEnv} = options
  const {profile} = config.agents
  const path = config.profiles[profile]?.env.PATH ?? hostEnv.PATH
  const isThere = (program: string) =>
    (program.includes('/') && !isAbsolute(program)) || findProgram(program, {folder: '/', path}) !== undefined
  const program = programsOf(config).find(program => !isThere(program))
  if (program === undefined) return null
  const named = profile in config.profiles ? `profile ${profile}: ` : ''
  if (program === 'bwrap') {
    const mend = 'install bubblewrap (Linux), or choose another agents.profile'
    return {program, what: `${named}bubblewrap is not installed`, mend}
  }
  const what = isAbsolute(program) ? 'does not exist, or may not be run' : 'is not in PATH'
  const other = named === '' ? 'agents.command' : `profiles.${profile}`
  return {program, what: `${named}${program} ${what}`, mend: `install it, or name another in ${other} of clambake.toml`}
}
