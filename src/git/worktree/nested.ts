import {readdir} from 'node:fs/promises'
import {join, relative, resolve, sep} from 'node:path'
import {plainText, statOrNull} from '../../base/files.ts'
import {realOrSame, type VerifiedWorktree} from './list.ts'

/** A repository inside a worktree: a submodule, one that was cloned or created there, or a bare one. */
export type NestedRepository = {
  /** Where it is in the worktree; of a submodule that is not checked out, its name. */
  name: string
  /** null: its `.git` leads to no repository. */
  gitDir: string | null
  /** null: it has no files beside its history. */
  workTree: string | null
}

/**
 * Finds every repository that goes with a worktree, in ignored folders too: whatever a folder is called, its repository
 * may hold the only copy of a commit. No link is followed.
 */
export async function findNested(at: VerifiedWorktree): Promise<NestedRepository[]> {
  const found: NestedRepository[] = []
  const inFiles = async (folder: string): Promise<void> => {
    const entries = await readdir(join(at.path, folder), {withFileTypes: true})
    const names = new Set(entries.map(({name}) => name))
    if (folder !== '' && names.has('.git')) {
      const workTree = join(at.path, folder)
      found.push({name: folder, gitDir: await gitDirOf(workTree), workTree})
    } else if (folder !== '' && (await isGitDir(join(at.path, folder), names))) {
      found.push({name: folder, gitDir: join(at.path, folder), workTree: null})
      return
    }
    for (const entry of entries) {
      if (entry.isDirectory() && entry.name !== '.git') await inFiles(join(folder, entry.name))
    }
  }
  await inFiles('')
  const known = new Set(found.map(({gitDir}) => gitDir))
  const rest = (await modulesIn(at.gitDir)).filter(gitDir => !known.has(gitDir))
  return [
    ...found,
    ...rest.map(gitDir => ({name: relative(join(at.gitDir, 'modules'), gitDir), gitDir, workTree: null})),
  ]
}

/** Git folders of submodules, with those of their own submodules. */
async function modulesIn(gitDir: string): Promise<string[]> {
  const found: string[] = []
  const look = async (folder: string): Promise<void> => {
    if (!(await statOrNull(folder))?.isDirectory()) return
    const entries = await readdir(folder, {withFileTypes: true})
    if (await isGitDir(folder, new Set(entries.map(({name}) => name)))) {
      found.push(folder)
      await look(join(folder, 'modules'))
      return
    }
    for (const entry of entries) if (entry.isDirectory()) await look(join(folder, entry.name))
  }
  await look(join(gitDir, 'modules'))
  return found
}

/** The git folder that a `.git` names; null: none that is there. */
export async function gitDirOf(workTree: string): Promise<string | null> {
  const link = join(workTree, '.git')
  const kind = await statOrNull(link)
  if (kind?.isDirectory()) return (await isGitDir(link)) ? link : null
  const named = /^gitdir: (.+?)\n*$/.exec((await plainText(link)) ?? '')?.[1]
  if (named === undefined) return null
  const gitDir = await realOrSame(resolve(workTree, named))
  return (await isGitDir(gitDir)) ? gitDir : null
}

/** As git sees it: a folder with objects, refs and a HEAD. */
async function isGitDir(folder: string, names?: ReadonlySet<string>): Promise<boolean> {
  if (names && !['HEAD', 'objects', 'refs'].every(name => names.has(name))) return false
  const [head, objects, refs] = await Promise.all(
    ['HEAD', 'objects', 'refs'].map(name => statOrNull(join(folder, name))),
  )
  return head?.isFile() === true && objects?.isDirectory() === true && refs?.isDirectory() === true
}

/** Object ids that a git folder names, and those of them that a remote was seen to have. */
export async function idsNamedBy(gitDir: string): Promise<{all: string[]; onRemotes: string[]}> {
  const all = new Set<string>()
  const onRemotes = new Set<string>()
  const take = (name: string, text: string) => {
    for (const id of text.match(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b/g) ?? []) {
      all.add(id)
      if (name.startsWith('refs/remotes/')) onRemotes.add(id)
    }
  }
  for (const line of ((await plainText(join(gitDir, 'packed-refs'))) ?? '').split('\n')) {
    const [id = '', name = ''] = line.split(' ')
    take(name, id)
  }
  for (const entry of await readdir(gitDir, {withFileTypes: true})) {
    // HEAD, ORIG_HEAD, MERGE_HEAD and their like; what FETCH_HEAD names is on a remote.
    if (entry.isFile() && /^[A-Z_]*HEAD$/.test(entry.name) && entry.name !== 'FETCH_HEAD') {
      take(entry.name, (await plainText(join(gitDir, entry.name))) ?? '')
    }
  }
  for (const folder of ['refs', 'logs', 'worktrees']) {
    for (const file of await filesIn(join(gitDir, folder))) {
      const name = relative(gitDir, file).split(sep).join('/')
      const text = (await plainText(file)) ?? ''
      take(name, name.startsWith('logs/') || name.includes('/logs/') ? idsOfLog(text) : text)
    }
  }
  return {all: [...all], onRemotes: [...onRemotes]}
}

/** Old and new id of every entry; a log's message may hold anything. */
function idsOfLog(text: string): string {
  return text
    .split('\n')
    .map(line => line.split(' ', 2).join(' '))
    .join('\n')
}

async function filesIn(folder: string): Promise<string[]> {
  if (!(await statOrNull(folder))?.isDirectory()) return []
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}
