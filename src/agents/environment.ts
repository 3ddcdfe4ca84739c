import {isForgeToken, partTokens} from '../base/environment/forge-tokens.ts'
import {offProxy} from '../base/environment/proxy.ts'
import {usageError} from '../base/errors.ts'
import type {Config} from '../model/data/config.ts'
import {CLAUDE_READS, OF_ANOTHER_SESSION} from './claude/variables.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Variables that any program in a terminal needs, and git's author. No others are passed on. */
const ALLOWED = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|TZ|TMPDIR|COLORTERM)$/,
  /^LC_[A-Z]+$/,
  /^XDG_(CONFIG|DATA|CACHE|STATE)_HOME$/,
  /^(HTTPS?|ALL|NO)_PROXY$/i,
  /^(SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS)$/,
  /^GIT_(AUTHOR|COMMITTER)_(NAME|EMAIL)$/,
  /^(EMAIL|GIT_CONFIG_GLOBAL|GIT_CONFIG_SYSTEM|GIT_CONFIG_NOSYSTEM)$/,
  ...CLAUDE_READS,
]

/** Closes every way to a forge: `gh` login, credential helper, password prompt, SSH. The daemon pushes. */
const WITHOUT_CREDENTIALS = {
  GH_CONFIG_DIR: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_SSH_COMMAND: 'false',
  GIT_CONFIG_COUNT: '3',
  // An empty value removes all helpers and headers that other configuration files set.
  GIT_CONFIG_KEY_0: 'credential.helper',
  GIT_CONFIG_VALUE_0: '',
  GIT_CONFIG_KEY_1: 'core.askPass',
  GIT_CONFIG_VALUE_1: '',
  GIT_CONFIG_KEY_2: 'http.extraHeader',
  GIT_CONFIG_VALUE_2: '',
}

/**
 * Builds an agent's environment from an allow-list. It never holds a forge token: not under its own name, not under a
 * name that the configuration allows (throws `forge-token-refused`), and not in the value of another variable.
 */
export function agentEnvironment(options: {
  /** The environment that Clambake itself runs in. */
  hostEnv: Environment
  config: Config
  /** Variables of the agent's profile; they win. */
  profileEnv: Readonly<Record<string, string>>
}): Record<string, string> {
  const {hostEnv, config, profileEnv} = options
  const tokenEnv = config.github.token_env
  for (const name of [...config.agents.environment, ...Object.keys(profileEnv)]) {
    if (isForgeToken(name, tokenEnv)) throw refused(name)
  }
  const isAllowed = (name: string) =>
    (ALLOWED.some(pattern => pattern.test(name)) && !OF_ANOTHER_SESSION.test(name)) ||
    config.agents.environment.includes(name)
  const passed = Object.entries(partTokens(hostEnv, tokenEnv).plain).filter(([name]) => isAllowed(name))
  const env = {...Object.fromEntries(passed), ...WITHOUT_CREDENTIALS, ...profileEnv}
  // Hooks, the mailbox and the hub's tools are on this machine.
  return {...env, ...offProxy(env)}
}

function refused(name: string): Error {
  return usageError({
    code: 'forge-token-refused',
    message: `${name} is a token for the forge and is not given to agents`,
    kept: 'nothing was started',
    next: `remove ${name} from agents.environment and profiles in clambake.toml; the daemon pushes for the agents`,
  })
}
