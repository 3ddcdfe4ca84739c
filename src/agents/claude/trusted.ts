import * as z from 'zod'
import type {UsageCode} from '../../base/error-codes.ts'
import {usageError} from '../../base/errors.ts'
import {expected} from '../../config/describe.ts'
import type {Config} from '../../model/data/config.ts'
import type {GitGateway} from '../../model/gateways/git.ts'

/** The repository's settings for Claude Code. */
/** Claude's settings, from the root of the repository on. */
export const SETTINGS_FILE = '.claude/settings.json'
/** Linux limits one argument to 128 KiB, and our own settings are in the same argument. */
const MAX_CHARS = 100_000

/** Settings and MCP servers from main: they come from people who can write to main. */
export type Trusted = {
  settings: TrustedSettings
  /** The JSON of MCP servers; null: none. */
  mcp: string | null
}

const rules = z.array(z.string()).optional()
const settingsShape = z.looseObject({
  hooks: z.record(z.string(), z.array(z.unknown())).optional(),
  permissions: z.looseObject({allow: rules, deny: rules}).optional(),
})
export type TrustedSettings = z.infer<typeof settingsShape>
const mcpShape = z.looseObject({mcpServers: z.record(z.string(), z.looseObject({}))})

/**
 * Settings that are not passed on: the first would silence the hooks that report an agent's state; plugins may come
 * from a folder of the worktree, to which the agent can write.
 */
const LEFT_OUT = ['disableAllHooks', 'enabledPlugins', 'extraKnownMarketplaces']

export const NOTHING_TRUSTED: Trusted = {settings: {}, mcp: null}

/**
 * Reads the repository's settings and MCP servers as main had them at the last fetch. By itself the client would read
 * both from the worktree, where a branch or an agent may have added hooks, servers and permissions; its command line
 * forbids that. Throws `wrong-settings` and `wrong-mcp-config`, which name the file.
 */
export async function readTrusted(git: Pick<GitGateway, 'readMain'>, config: Config): Promise<Trusted> {
  const settings = await git.readMain(SETTINGS_FILE)
  const file = config.agents.mcp_config
  return {
    settings: settings === null ? {} : withoutLeftOut(parsed(settings, settingsShape, SETTINGS_FILE, 'wrong-settings')),
    mcp: file === undefined ? null : await readServers(git, file),
  }
}

async function readServers(git: Pick<GitGateway, 'readMain'>, file: string): Promise<string> {
  const text = await git.readMain(file)
  if (text === null) throw wrong('wrong-mcp-config', file, 'it does not exist')
  return JSON.stringify(parsed(text, mcpShape, file, 'wrong-mcp-config'))
}

function withoutLeftOut(settings: TrustedSettings): TrustedSettings {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !LEFT_OUT.includes(key)))
}

function parsed<T>(text: string, schema: z.ZodType<T>, file: string, code: UsageCode): T {
  if (text.length > MAX_CHARS) throw wrong(code, file, `it has more than ${MAX_CHARS} characters`)
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw wrong(code, file, 'it is not JSON')
  }
  const found = schema.safeParse(data)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const wanted = issue === undefined ? 'something else' : expected(issue).replace('a table', 'an object')
  throw wrong(code, file, `it is wrong at ${issue?.path.join('.') || 'the top'}, which must be ${wanted}`)
}

function wrong(code: UsageCode, file: string, what: string): Error {
  return usageError({
    code,
    message: `${file} on main: ${what}`,
    kept: 'no agent was started with it',
    next:
      code === 'wrong-mcp-config' ? 'correct it on main, or agents.mcp_config in clambake.toml' : 'correct it on main',
  })
}
