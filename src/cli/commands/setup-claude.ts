import {lstat, mkdir, readFile, rename, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {z} from 'zod'
import {ClambakeError, EXIT, isSystemError} from '../../base/errors.ts'
import {type Permissions, PRESETS, ROLES, type Role} from '../../model/presets.ts'
import {defineCommand} from '../define.ts'

const OLDEST = [2, 1] as const
const VERSION_TIMEOUT_MS = 20_000

const settingsShape = z.looseObject({
  permissions: z
    .looseObject({allow: z.array(z.string()).default([]), deny: z.array(z.string()).default([])})
    .prefault({}),
})

export const setupClaude = defineCommand({
  name: 'setup-claude',
  summary: 'check the Claude client and offer permissions for its agents',
  options: {
    role: {flags: '--role <role>', description: `whose permissions: ${ROLES.join(', ')} (default implementor)`},
    dryRun: {flags: '--dry-run', description: 'only say what would be written'},
    yes: {flags: '--yes', description: 'write .claude/settings.json'},
  },
  schema: z.object({
    role: z.enum(ROLES).default('implementor'),
    dryRun: z.boolean().default(false),
    yes: z.boolean().default(false),
  }),
  examples: [
    ['clambake setup-claude', 'what is missing, and which permissions would be added'],
    ['clambake setup-claude --role reviewer --yes', 'read-only permissions into .claude/settings.json'],
  ],
  async run({role, dryRun, yes}, {env, place}) {
    const {root} = await place()
    const checks = [await checkVersion(env), await checkLogin(env)]
    const file = join(root, '.claude', 'settings.json')
    const before = await readSettings(file)
    const settings = settingsShape.parse(before ?? {})
    const preset = await presetOf(root, role)
    const added = {
      allow: preset.allow.filter(rule => !settings.permissions.allow.includes(rule)),
      deny: preset.deny.filter(rule => !settings.permissions.deny.includes(rule)),
    }
    const changes = added.allow.length + added.deny.length > 0
    const written = changes && yes && !dryRun
    if (written) {
      const allow = [...settings.permissions.allow, ...added.allow]
      const deny = [...settings.permissions.deny, ...added.deny]
      await writeSettings(file, {...settings, permissions: {...settings.permissions, allow, deny}})
    }
    return {checks, file, added, written}
  },
  text: ({checks, file, added, written}) =>
    [
      ...checks.map(({ok, text}) => `${ok ? '✓' : '✗'} ${text}`),
      '',
      ...(added.allow.length + added.deny.length === 0
        ? [`${file}: nothing to change`]
        : [
            `${file}${written ? ' was written' : ''}:`,
            ...added.allow.map(rule => `  + allow ${rule}`),
            ...added.deny.map(rule => `  + deny ${rule}`),
            ...(written ? [] : ['Nothing was written: clambake setup-claude --yes writes it.']),
          ]),
    ].join('\n'),
  exit: ({checks}) => (checks.every(({ok}) => ok) ? EXIT.good : EXIT.needsHuman),
})

const presetShape = z.object({allow: z.array(z.string()).default([]), deny: z.array(z.string()).default([])})

type Check = {ok: boolean; text: string}

async function checkVersion(env: NodeJS.ProcessEnv): Promise<Check> {
  const {run} = await import('../../base/run.ts')
  try {
    const {stdout} = await run('claude', {args: ['--version'], env, timeoutMs: VERSION_TIMEOUT_MS})
    const [major, minor] = (/(\d+)\.(\d+)/.exec(stdout) ?? []).slice(1).map(Number)
    if (major === undefined || minor === undefined) return {ok: false, text: 'claude does not tell its version'}
    const ok = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
    return {ok, text: `claude ${major}.${minor}${ok ? '' : `; ${OLDEST.join('.')} or newer is needed`}`}
  } catch (error) {
    if (error instanceof ClambakeError) return {ok: false, text: 'claude is not in PATH or does not run'}
    throw error
  }
}

/** Looks whether a login is there; what it is is neither kept nor shown. */
async function checkLogin(env: NodeJS.ProcessEnv): Promise<Check> {
  if (env.ANTHROPIC_API_KEY || env.ANTHROPIC_AUTH_TOKEN) return {ok: true, text: 'logged in by the environment'}
  const home = env.HOME || homedir()
  const has = async (file: string, sign: string) => ((await textOf(join(home, file))) ?? '').includes(sign)
  const ok = (await has('.claude/.credentials.json', '{')) || (await has('.claude.json', '"oauthAccount"'))
  return {ok, text: ok ? 'logged in' : 'not logged in: run claude once'}
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}

/** The repository's own, as `clambake init` begins it, else ours. */
async function presetOf(root: string, role: Role): Promise<Permissions> {
  const file = join(root, '.clambake', 'agents', `${role}.json`)
  const text = await textOf(file)
  if (text === null) return PRESETS[role]
  try {
    return presetShape.parse(JSON.parse(text))
  } catch {
    throw refused(`${file} holds no permissions: {"allow": […], "deny": […]}`)
  }
}

async function readSettings(file: string): Promise<unknown> {
  for (const path of [dirname(file), file]) {
    const link = await lstat(path).then(
      found => found.isSymbolicLink(),
      () => false,
    )
    if (link) throw refused(`${path} is a symbolic link`)
  }
  const text = await textOf(file)
  if (text === null) return null
  try {
    const found: unknown = JSON.parse(text)
    if (settingsShape.safeParse(found).success) return found
  } catch {
    // Told below, as what is no settings at all.
  }
  throw refused(`${file} holds no settings of Claude`)
}

async function writeSettings(file: string, settings: unknown): Promise<void> {
  await mkdir(dirname(file), {recursive: true})
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, `${JSON.stringify(settings, null, 2)}\n`, {flag: 'wx'})
  await rename(fresh, file)
}

function refused(message: string): Error {
  return new ClambakeError({code: 'settings-refused', message, kept: 'it was not touched', next: 'repair it by hand'})
}
