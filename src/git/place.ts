import {existsSync, lstatSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {isSystemError} from '../base/errors.ts'
import {type Location, realFolder} from './location.ts'

/** A checkout elsewhere, no checkout, a configuration in further files, or a form that is for git alone to understand. */
const UNUSUAL =
  /^\s*(?:\[[^\]]*\]\s*)?(?:worktree\s*=|bare\s*(?:$|=(?!\s*false\s*$))|path\s*=|repositoryformatversion\s*=\s*[^0\s])|^\s*\[\s*extensions/im

/**
 * Where the repository around `dir` is, without speaking to its remote. Every command waits for this, so a plain
 * checkout is recognized by its folders; all else is git's to find. Throws as `openRepository`.
 */
export async function findPlace(options: {dir: string; env: NodeJS.ProcessEnv}): Promise<Location> {
  const dir = await realFolder(options.dir)
  const plain = plainCheckout(dir)
  if (plain) return plain
  const {askGit} = await import('./command/ask-git.ts')
  return askGit(dir, options.env)
}

/** The checkout around a real path, if plain files show it; null: only git can tell. */
export function plainCheckout(dir: string): Location | null {
  const device = statSync(dir).dev
  for (let folder = dir; ; folder = dirname(folder)) {
    try {
      // Git stops at another file system, and takes a bare repository for what it is.
      if (statSync(folder).dev !== device || existsSync(join(folder, 'HEAD'))) return null
      const found = lstatSync(join(folder, '.git'), {throwIfNoEntry: false})
      if (found) return isPlain(folder) ? {root: folder, commonDir: join(folder, '.git')} : null
    } catch (error) {
      if (isSystemError(error, 'EACCES')) return null
      throw error
    }
    if (folder === dirname(folder)) return null
  }
}

/** Whether git, too, would take the folder for a main checkout: whole, owned by us, and configured as nothing else. */
function isPlain(folder: string): boolean {
  const gitDir = join(folder, '.git')
  const isOurs = (path: string) => lstatSync(path).uid === process.getuid?.()
  return (
    lstatSync(gitDir).isDirectory() &&
    isOurs(folder) &&
    isOurs(gitDir) &&
    ['HEAD', 'objects', 'refs', 'config'].every(name => existsSync(join(gitDir, name))) &&
    !UNUSUAL.test(readFileSync(join(gitDir, 'config'), 'utf8'))
  )
}
