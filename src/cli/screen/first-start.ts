import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {delimiter, join, sep} from 'node:path'
import {ensurePrivateFolder} from '../../base/paths.ts'
import type {SetupCheck} from '../../client/state/dialog.ts'
import {CONFIG_FILE} from '../../config/load.ts'
import type {CommandContext} from '../context.ts'

/** A file in the repository's state folder that says that the screen was opened here before. */
const SEEN = 'seen'

/**
 * Checks on the first start in a repository what it needs of this machine; gives nothing on later starts. The screen
 * itself reports what is missing on GitHub. A missing token or remote ends the start before these checks.
 */
export async function firstStartChecks(context: CommandContext): Promise<readonly SetupCheck[]> {
  const {root, paths} = await context.place()
  const seen = join(paths.folder, SEEN)
  if (existsSync(seen)) return []
  ensurePrivateFolder(paths.folder)
  await writeFile(seen, '')
  const hasConfig = existsSync(join(root, CONFIG_FILE))
  return [
    {
      name: hasConfig ? `${CONFIG_FILE} exists` : `no ${CONFIG_FILE}: all settings have their defaults`,
      ok: hasConfig,
      hint: 'clambake init writes it and creates labels, board and checks; it shows its plan and asks first',
    },
    ...(await agentCheck(context)),
  ]
}

/** Checks that the agents' program exists; `doctor` checks that it works. */
async function agentCheck(context: CommandContext): Promise<SetupCheck[]> {
  const {agents, profiles} = (await context.surrounding()).config
  const profile = profiles[agents.profile]
  const [command] = profile?.command ?? agents.command
  // What runs in a container or on another host is not looked for here.
  if (command === undefined || profile?.runner !== undefined) return []
  return [command, ...(profile?.sandbox === 'bwrap' ? ['bwrap'] : [])].map(program => {
    const folders = program.includes(sep) ? [''] : (context.env.PATH ?? '').split(delimiter)
    const ok = folders.some(folder => existsSync(join(folder, program)))
    return {
      name: ok ? `agents run ${program}` : `${program} is not in PATH`,
      ok,
      hint: 'agents cannot start: install it, or name another program in clambake.toml',
    }
  })
}
