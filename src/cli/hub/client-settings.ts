import {lstat, readFile, realpath, stat} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {ClambakeError, isSystemError} from '../../base/errors.ts'
import {replaceFile} from '../../base/files.ts'

/** A client's settings file as it is now: its text, '' when there is none, and where it really is. */
export type SettingsFile = {file: string; real: string; text: string; exists: boolean}

/** The user's own settings of Claude Code. They may be a link, as where a person keeps such files in a repository. */
export async function userSettings(env: NodeJS.ProcessEnv): Promise<SettingsFile> {
  const folder = env.CLAUDE_CONFIG_DIR || join(env.HOME || homedir(), '.claude')
  const file = join(folder, 'settings.json')
  const real = await realpath(file).catch(async error => {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'ELOOP')) throw error
    // A new file in the place of a link would not be where the person keeps it.
    if (await isLink(file)) throw refused(`${file} is a symbolic link that leads to no file`)
    return file
  })
  return {file, real, ...(await textOf(real))}
}

/** A repository's settings for this user alone. A repository may have been made by others, so no link in it is followed. */
export async function projectSettings(root: string): Promise<SettingsFile> {
  const file = join(root, '.claude', 'settings.local.json')
  for (const path of [dirname(file), file]) {
    if (await isLink(path)) throw refused(`${path} is a symbolic link`)
  }
  return {file, real: file, ...(await textOf(file))}
}

/** Writes the settings whole, unless they changed since they were read, and keeps who may read them. */
export async function writeSettings({file, real, text: before}: SettingsFile, text: string): Promise<void> {
  if ((await textOf(real)).text !== before) {
    throw new ClambakeError({
      code: 'file-changed',
      message: `${file} was changed meanwhile`,
      kept: 'the file as it is',
      next: 'run the command again',
    })
  }
  const mode = await stat(real).then(
    found => found.mode & 0o777,
    () => 0o600,
  )
  await replaceFile(real, text, {mode, draft: `${real}.clambake-${process.pid}`})
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    found => found.isSymbolicLink(),
    () => false,
  )
}

function refused(message: string): ClambakeError {
  return new ClambakeError({code: 'settings-refused', message, kept: 'the file as it is', next: 'repair it by hand'})
}

async function textOf(file: string): Promise<{text: string; exists: boolean}> {
  try {
    // A pipe would be waited for.
    if (!(await stat(file)).isFile()) throw refused(`${file} is not a plain file`)
    return {text: await readFile(file, 'utf8'), exists: true}
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return {text: '', exists: false}
    throw error
  }
}
