import {existsSync, lstatSync, readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {isSystemError} from '../base/errors.ts'
import {type Location, realFolder} from './location.ts'

/** Settings that only git understands: a checkout elsewhere, none at all, further configuration files, a newer format. */
const UNUSUAL =
  /^\s*(?:\[[^\]]*\]\s*)?(?:worktree\s*=|bare\s*(?:$|=(?!\s*false\s*$))|path\s*=|repositoryformatversion\s*=\s*[^0\s])|^\s*\[\s*extensions/im

/** What git wants in a HEAD: the name of a ref, or an id. */
const VALID_HEAD = /^(?:ref:\s*refs\/|[0-9a-f]{40})/i

/**
 * Finds the repository around `dir` without contacting its remote. Every command waits for this, so a plain checkout is
 * recognized by its folders, and git is asked only about others. Throws as `openRepository`.
 */
export async function findPlace(options: {dir: string; env: NodeJS.ProcessEnv}): Promise<Location> {
  const dir = await realFolder(options.dir)
  const plain = plainCheckout(dir)
  if (plain) return plain
  const {askGit} = await import('./command/ask-git.ts')
  return askGit(dir, options.env)
}

/** Finds the checkout around a real path by its files; null: only git can find it. */
export function plainCheckout(dir: string): Location | null {
  const device = statSync(dir).dev
  for (let folder = dir; ; folder = dirname(folder)) {
    try {
      // Git stops at another file system, and also recognizes a bare repository.
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

/** Whether git would also take the folder for a main checkout: complete, owned by this user, with a plain configuration. */
function isPlain(folder: string): boolean {
  const gitDir = join(folder, '.git')
  const isOurs = (path: string) => lstatSync(path).uid === process.getuid?.()
  return (
    lstatSync(gitDir).isDirectory() &&
    isOurs(folder) &&
    isOurs(gitDir) &&
    ['objects', 'refs'].every(name => existsSync(join(gitDir, name))) &&
    ['HEAD', 'config'].every(name => lstatSync(join(gitDir, name), {throwIfNoEntry: false})?.isFile()) &&
    VALID_HEAD.test(readFileSync(join(gitDir, 'HEAD'), 'utf8')) &&
    !UNUSUAL.test(readFileSync(join(gitDir, 'config'), 'utf8'))
  )
}
