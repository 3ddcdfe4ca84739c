import {existsSync} from 'node:fs'
import {writeFile} from 'node:fs/promises'
import {delimiter, join, sep} from 'node:path'
import {ensurePrivateFolder} from '../../base/paths.ts'
import type {SetupCheck} from '../../client/state/state.ts'
import {CONFIG_FILE} from '../../config/load.ts'
import type {CommandContext} from '../context.ts'

/** A file in the repository's state folder: the screen was opened here before. */
const SEEN = 'seen'

/**
 * What the machine has of what this repository needs, on the first start in it; empty on every later one. What GitHub
 * has is for the screen to tell. A token or a remote that is missing ends the start before this is asked.
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
      name: hasConfig ? `${CONFIG_FILE} is here` : `no ${CONFIG_FILE}: everything has its default`,
      ok: hasConfig,
      hint: 'clambake init writes it, and makes labels, board and checks; it shows its plan and asks first',
    },
    ...(await agentCheck(context)),
  ]
}

/** Whether the program that agents are is there to be started; whether it works is for `doctor` to ask. */
async function agentCheck(context: CommandContext): Promise<SetupCheck[]> {
  const [program] = (await context.surrounding()).config.agents.command
  if (program === undefined) return []
  const folders = program.includes(sep) ? [''] : (context.env.PATH ?? '').split(delimiter)
  const ok = folders.some(folder => existsSync(join(folder, program)))
  return [
    {
      name: ok ? `agents are ${program}` : `${program} is not in PATH`,
      ok,
      hint: 'agents could not be started: install it, or name another in agents.command of clambake.toml',
    },
  ]
}
