import {constants, open} from 'node:fs/promises'
import {join} from 'node:path'
import {parse, TomlError} from 'smol-toml'
import {isForgeToken} from '../base/environment/forge-tokens.ts'
import {type ClambakeError, isSystemError, messageOf, usageError} from '../base/errors.ts'
import {profileNames} from '../model/data/config/profiles.ts'
import {type Config, configSchema, PARSED_ONCE} from '../model/data/config.ts'
import {parseAgentId} from '../model/data/ids.ts'
import {shown} from './describe.ts'
import {explain} from './explain.ts'
import {withPanes} from './panes.ts'
import {type Mistake, translate} from './translate.ts'

export const CONFIG_FILE = 'clambake.toml'

type LoadedConfig = {
  config: Config
  /** The file that was read; null: there is none, so the defaults apply. */
  file: string | null
}

/**
 * Loads the configuration of the repository at `root`: its `clambake.toml` over the defaults, and the variable
 * OTEL_EXPORTER_OTLP_ENDPOINT over both, as in every OpenTelemetry program.
 * Throws usageError `wrong-config`, which names file, line, the wrong value and what is expected.
 */
export async function loadConfig(options: {root: string; env: NodeJS.ProcessEnv}): Promise<LoadedConfig> {
  const file = join(options.root, CONFIG_FILE)
  const toml = await readConfigText(file)
  return {config: configOf(toml ?? '', {file, env: options.env}), file: toml === null ? null : file}
}

/** The configuration that a file's text gives in this environment. Throws as `loadConfig` does. */
export function configOf(toml: string, {file, env}: {file: string; env: NodeJS.ProcessEnv}): Config {
  return withEnvironment(parseConfig(toml, file), env)
}

/** Parses the text of a `clambake.toml`; errors name it as `file`. Throws usageError `wrong-config`. */
export function parseConfig(toml: string, file: string = CONFIG_FILE): Config {
  const written = parseToml(toml, file)
  const twice = slotWrittenTwice(written)
  if (twice) throw wrongConfig(`${file}: ${twice.join(' and ')} in [agents] are the same slot`)
  const {table, mistakes: others} = translate(written)
  const result = configSchema.safeParse(table, PARSED_ONCE)
  if (result.success) others.push(...unknownProfile(result.data), ...tokensForAgents(result.data))
  if (result.success && others.length === 0) {
    const config = withPanes(result.data)
    if (config) return config
    throw wrongConfig(
      `${file}: the max_concurrent_tickets of the slots in [agents] need more than routing.max_agents = ${result.data.routing.max_agents}`,
    )
  }
  const mistakes = explain({issues: result.error?.issues ?? [], others, toml, written})
  throw wrongConfig(
    mistakes.length === 1
      ? `${file} ${mistakes[0]}`
      : `${file} has ${mistakes.length} mistakes:${mistakes.map(mistake => `\n  ${mistake}`).join('')}`,
  )
}

/** A profile that is chosen and does not exist; a typing mistake in its name would be found only when an agent starts. */
function unknownProfile(config: Config): Mistake[] {
  const {profile} = config.agents
  const names = profileNames(config)
  if (names.includes(profile)) return []
  return [{path: ['agents', 'profile'], text: `agents.profile must be ${names.join(' or ')}, found ${shown(profile)}`}]
}

/** Variables with a token of the forge or the hub's password, which agents never get. */
function tokensForAgents({agents, profiles, worktree, github}: Config): Mistake[] {
  const named = [
    ...agents.environment.map((name, index) => ({name, path: ['agents', 'environment', index]})),
    ...Object.keys(worktree.env).map(name => ({name, path: ['worktree', 'env', name]})),
    ...Object.entries(profiles).flatMap(([profile, {env}]) =>
      Object.keys(env).map(name => ({name, path: ['profiles', profile, 'env', name]})),
    ),
  ]
  return named
    .filter(({name}) => isForgeToken(name, github.token_env))
    .map(({name, path}) => ({
      path,
      text: `${path.join('.')} must not be given to agents: ${name} holds a token of the forge or the hub's password`,
    }))
}

/** The text of the file; null: there is none. Throws `wrong-config` when it is there and no text. */
export async function readConfigText(file: string): Promise<string | null> {
  let bytes: Buffer
  try {
    // Opened so that it never waits for the other end of a pipe.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await handle.stat()
    if (!stat.isFile() && !stat.isDirectory()) throw new Error('it is a pipe, a socket or a device')
    bytes = await handle.readFile()
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw wrongConfig(`${file} cannot be read: ${messageOf(error)}`, error)
  }
  try {
    // The decoder also drops a byte order mark.
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (error) {
    throw wrongConfig(`${file} is not UTF-8 text`, error)
  }
}

function parseToml(toml: string, file: string): Record<string, unknown> {
  try {
    return parse(toml)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const what = error.message.split('\n', 1)[0]?.replace('Invalid TOML document: ', '')
    const place = `line ${error.line}, column ${error.column}`
    throw wrongConfig(`${file} ${place}: ${what}\n${error.codeblock.trimEnd()}`, error)
  }
}

/** Two spellings of one slot, of which the later would silently win; undefined: no slot is written twice. */
function slotWrittenTwice(written: Record<string, unknown>): [string, string] | undefined {
  const seen = new Map<string, string>()
  const {agents} = written
  if (typeof agents !== 'object' || agents === null) return undefined
  for (const key of Object.keys(agents)) {
    const id = parseAgentId(key)
    const other = id && seen.get(id)
    if (other) return [other, key]
    if (id) seen.set(id, key)
  }
  return undefined
}

function withEnvironment(config: Config, env: NodeJS.ProcessEnv): Config {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (!endpoint) return config
  if (!URL.canParse(endpoint)) {
    throw usageError({
      code: 'wrong-config',
      message: `OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as "http://localhost:4318", found ${JSON.stringify(endpoint)}`,
      next: 'correct the variable, or unset it to disable traces',
    })
  }
  return {...config, observability: {...config.observability, otlp_endpoint: endpoint}}
}

function wrongConfig(message: string, cause?: unknown): ClambakeError {
  return usageError({code: 'wrong-config', message, next: 'correct the file and try again', cause})
}
