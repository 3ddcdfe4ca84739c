import {readdirSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {isSystemError} from '../../base/errors.ts'
import {textOrNull, writePrivateFile} from '../../base/files.ts'
import type {Config} from '../../model/data/config.ts'
import {parseWorktreeFolder} from '../../model/data/names.ts'

/** The folder in which a configuration puts worktrees. */
export function worktreeRoot(root: string, {agents}: Config): string {
  return resolve(root, agents.workspace_root)
}

/** Whether a folder has a worktree of a ticket, be it in hand or left. */
export function hasWorktrees(folder: string): boolean {
  try {
    return readdirSync(folder).some(name => parseWorktreeFolder(name) !== null)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false
    throw error
  }
}

/**
 * The configuration with the folder of worktrees that an earlier run used, as long as tickets have theirs there: their
 * agents may be at work in it, and nothing outside of the folder is ever touched. `folder`: the repository's state folder,
 * where the folder in use is noted.
 */
export function withKeptRoot(
  config: Config,
  {root, folder, readOnly}: {root: string; folder: string; readOnly: boolean},
): Config {
  const note = join(folder, 'worktree-root')
  const noted = textOrNull(note)?.trim() || null
  const kept = noted === null ? config : {...config, agents: {...config.agents, workspace_root: noted}}
  const isSame = worktreeRoot(root, kept) === worktreeRoot(root, config)
  if (!isSame && hasWorktrees(worktreeRoot(root, kept))) return kept
  if (!readOnly && noted !== config.agents.workspace_root) writePrivateFile(note, `${config.agents.workspace_root}\n`)
  return config
}
