import {lstat, readFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import * as z from 'zod'
import {ClambakeError, EXIT, isSystemError, usageError} from '../../../base/errors.ts'
import {replaceFile} from '../../../base/files.ts'
import {safeLine} from '../../../base/text.ts'
import type {Config} from '../../../model/data/config.ts'
import {type Permissions, PRESETS, ROLES, type Role} from '../../../model/init/presets.ts'
import {defineCommand} from '../../define.ts'
import {type HooksSetUp, hooksExit} from '../../hub/hooks-set-up.ts'
import {changeLines, changesOf} from '../../output/changes.ts'

const settingsShape = z.looseObject({
  permissions: z
    .looseObject({allow: z.array(z.string()).default([]), deny: z.array(z.string()).default([])})
    .prefault({}),
})

export const setupClaude = defineCommand({
  name: 'setup-claude',
  summary: 'add permissions for agents, or the hooks by which sessions join the hub, to settings of Claude',
  does: 'asks',
  options: {
    hub: {
      flags: '--hub',
      description: 'let sessions that you start by hand join the hub, by hooks in your own settings',
    },
    project: {flags: '--project', description: 'with --hub: only in this repository, .claude/settings.local.json'},
    undo: {flags: '--undo', description: 'with --hub: take these hooks out again, and nothing else'},
    role: {flags: '--role <role>', description: `permissions of this role: ${ROLES.join(', ')} (default implementor)`},
    dryRun: {flags: '--dry-run', description: 'only print what would be written'},
    yes: {flags: '--yes', description: 'write the settings without asking'},
  },
  schema: () =>
    z.object({
      hub: z.boolean().default(false),
      project: z.boolean().default(false),
      undo: z.boolean().default(false),
      role: z.enum(ROLES).optional(),
      dryRun: z.boolean().default(false),
      yes: z.boolean().default(false),
    }),
  examples: [
    ['clambake setup-claude', 'show what is missing and what would be added, then ask'],
    ['clambake setup-claude --role reviewer --yes', 'write read-only permissions to .claude/settings.json'],
    ['clambake setup-claude --hub', 'show the hooks that would be added to ~/.claude/settings.json, then ask'],
    ['clambake setup-claude --hub --undo', 'take them out again'],
  ],
  apart: [['hub', 'role']],
  async run({hub, project, undo, role = 'implementor', dryRun, yes}, context): Promise<Permitted | HooksSetUp> {
    if (hub) return (await import('../../hub/setup-hooks.ts')).setUpHooks({project, undo, dryRun, yes}, context)
    if (project || undo) {
      throw usageError({
        code: 'bad-usage',
        message: `setup-claude: --${project ? 'project' : 'undo'} needs --hub`,
        next: 'clambake setup-claude --help',
      })
    }
    const {env} = context
    const {root, config} = await context.surrounding()
    const checks = [await checkVersion(env, config), await checkLogin(env)]
    const file = join(root, '.claude', 'settings.json')
    const before = await readSettings(file)
    const settings = settingsShape.parse(before ?? {})
    const preset = await presetOf(root, role)
    const added = {
      allow: preset.allow.filter(rule => !settings.permissions.allow.includes(rule)),
      deny: preset.deny.filter(rule => !settings.permissions.deny.includes(rule)),
    }
    const found = {checks, file, added, diff: '', written: false, shown: false, dryRun}
    if (added.allow.length + added.deny.length === 0) return found
    const allow = [...settings.permissions.allow, ...added.allow]
    const deny = [...settings.permissions.deny, ...added.deny]
    const text = `${JSON.stringify({...before, permissions: {...settings.permissions, allow, deny}}, null, 2)}\n`
    const {diff} = await changesOf({dir: root, env, path: file, isNew: before === null, text})
    const asks = !dryRun && !yes && context.interactive && !context.json
    if (asks) context.say(foundText({...found, diff}))
    const written = asks ? await context.confirm('Write it?') : yes && !dryRun
    if (written) await writeSettings(file, text)
    return {...found, diff, written, shown: asks}
  },
  async text(result) {
    if ('does' in result) return (await import('../../hub/setup-hooks.ts')).hooksText(result)
    if (result.diff === '') return foundText(result)
    const outcome = result.written
      ? `${result.file} was written. Agents read it from main: commit and push it.`
      : `Nothing was written${result.shown ? '' : ': clambake setup-claude --yes writes it'}.`
    return result.shown ? outcome : `${foundText(result)}\n\n${outcome}`
  },
  exit(result) {
    const {diff, written, dryRun} = result
    if ('does' in result) return hooksExit(result)
    return result.checks.every(({ok}) => ok) && (diff === '' || written || dryRun) ? EXIT.good : EXIT.needsHuman
  },
})

type Permitted = Found & {added: Permissions; written: boolean; shown: boolean; dryRun: boolean}

const presetShape = z.object({allow: z.array(z.string()).default([]), deny: z.array(z.string()).default([])})

type Found = {checks: readonly Check[]; file: string; diff: string}

function foundText({checks, file, diff}: Found): string {
  const lines = checks.map(({ok, text}) => `${ok ? '✓' : '✗'} ${text}`)
  return [...lines, '', ...changeLines({file, diff})].join('\n')
}

type Check = {ok: boolean; text: string}

async function checkVersion(env: NodeJS.ProcessEnv, config: Config): Promise<Check> {
  const {STANDINGS, probeClient} = await import('../../doctor/client.ts')
  const client = await probeClient({env, config})
  const {program} = client
  if (client.state !== 'found') {
    return {ok: false, text: client.state === 'missing' ? `${program} is not in PATH` : `${program} --version failed`}
  }
  if (client.standing === null) return {ok: false, text: `${program} does not print its version`}
  const {says, mend, isBad} = STANDINGS[client.standing]
  const text = `${program}: ${safeLine(client.says)}, ${says}`
  return isBad ? {ok: false, text: `${text}; ${mend}`} : {ok: true, text}
}

/** Checks whether a login exists; neither keeps nor shows it. */
async function checkLogin(env: NodeJS.ProcessEnv): Promise<Check> {
  if (env.ANTHROPIC_API_KEY || env.ANTHROPIC_AUTH_TOKEN) return {ok: true, text: 'logged in by an environment variable'}
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

/** The role's permissions from the repository's file, which `clambake init` writes, or else the built-in ones. */
async function presetOf(root: string, role: Role): Promise<Permissions> {
  const file = join(root, '.clambake', 'agents', `${role}.json`)
  const text = await textOf(file)
  if (text === null) return PRESETS[role]
  try {
    return presetShape.parse(JSON.parse(text))
  } catch {
    throw refused(`${file} does not hold permissions like {"allow": […], "deny": […]}`)
  }
}

/** The settings in the file, with all keys in their order; null: there is no file. */
async function readSettings(file: string): Promise<object | null> {
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
    if (settingsShape.safeParse(found).success) return found as object
  } catch {
    // Reported below, like JSON that is no settings.
  }
  throw refused(`${file} does not hold Claude settings`)
}

async function writeSettings(file: string, text: string): Promise<void> {
  await replaceFile(file, text)
}

function refused(message: string): Error {
  return new ClambakeError({code: 'settings-refused', message, kept: 'the file as it is', next: 'repair it by hand'})
}
