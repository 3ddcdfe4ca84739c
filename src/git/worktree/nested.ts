import {readdir} from 'node:fs/promises'
import {join, relative, resolve} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {plainText, statOrNull} from '../../base/files.ts'
import {realOrSame, type VerifiedWorktree} from './list.ts'
import {bytesOf, fileAt, type RawPath, shownPath} from './raw-paths.ts'

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
  const inFiles = async (raw: RawPath): Promise<void> => {
    const entries = await readdir(fileAt(at.path, raw), {withFileTypes: true, encoding: 'buffer'})
    const rawNameOf = ({name}: {name: Buffer}) => name.toString('latin1')
    const names = new Set(entries.map(rawNameOf))
    if (raw !== '' && (names.has('.git') || mayBeGitDir(names))) {
      const folder = textOf(at, raw)
      const place = join(at.path, folder)
      if (names.has('.git')) found.push({name: folder, gitDir: await gitDirOf(place), workTree: place})
      else if (await isGitDir(place)) {
        found.push({name: folder, gitDir: place, workTree: null})
        return
      }
    }
    for (const entry of entries) {
      const name = rawNameOf(entry)
      if (entry.isDirectory() && name !== '.git') await inFiles(raw === '' ? name : `${raw}/${name}`)
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

/** The path of a repository as text, which is how git is told where to work. Throws `rescue-unproven` where it is none. */
function textOf(at: VerifiedWorktree, raw: RawPath): string {
  const text = shownPath(raw)
  if (Buffer.from(text).equals(bytesOf(raw))) return text
  throw new ClambakeError({
    code: 'rescue-unproven',
    message: `the repository ${text} in ${at.path} cannot be saved: a name on its path is no text in UTF-8`,
    kept: 'nothing was deleted',
    next: 'rename that folder; Clambake retries',
  })
}

/** Git folders of submodules, with those of their own submodules. */
async function modulesIn(gitDir: string): Promise<string[]> {
  const found: string[] = []
  const look = async (folder: string): Promise<void> => {
    if (!(await statOrNull(folder))?.isDirectory()) return
    const entries = await readdir(folder, {withFileTypes: true})
    if (mayBeGitDir(new Set(entries.map(({name}) => name))) && (await isGitDir(folder))) {
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

/** Whether a folder with these entries may be a git folder. */
function mayBeGitDir(names: ReadonlySet<string>): boolean {
  return ['HEAD', 'objects', 'refs'].every(name => names.has(name))
}

/** As git sees it: a folder with objects, refs and a HEAD. */
async function isGitDir(folder: string): Promise<boolean> {
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
  for (const name of await filesIn(gitDir)) {
    const text = (await plainText(join(gitDir, name))) ?? ''
    take(name, name.startsWith('logs/') || name.includes('/logs/') ? idsOfLog(text) : text)
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

/** Folders of a git folder that name no commit: objects themselves, other repositories, programs, content of git-lfs. */
const WITHOUT_IDS = new Set(['objects', 'modules', 'hooks', 'lfs'])
/** Files of it that name none: an index, what is on a remote, messages of commits, Clambake's own notes. */
const NO_IDS = /^(?:index|sharedindex\..*|FETCH_HEAD|packed-refs|.*MSG|clambake-.*)$/

/**
 * Files of a git folder that may name commits, by their path in it. Whatever is not known to name none is one: what an
 * unfinished operation holds is named by files that differ from one operation, and one version of git, to the next.
 */
async function filesIn(gitDir: string): Promise<string[]> {
  const found: string[] = []
  const look = async (folder: string): Promise<void> => {
    const isNames = /^(?:.*\/)?(?:refs|logs)(?:\/|$)/.test(folder)
    for (const entry of await readdir(join(gitDir, folder), {withFileTypes: true})) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && (isNames || !WITHOUT_IDS.has(entry.name))) await look(name)
      else if (entry.isFile() && (isNames || !NO_IDS.test(entry.name))) found.push(name)
    }
  }
  await look('')
  return found
}
