import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {basename, join} from 'node:path'
import {textOrNull} from '../../base/files.ts'
import {ensurePrivateFolder} from '../../base/paths.ts'

/** A path of this machine as a container or sandbox sees it. Later ones lie on top of earlier ones. */
export type Mount = {source: string; target: string; writable: boolean}

/** Where the clone's git folder is seen as it is, without writing. */
const AS_IT_IS = '/run/clambake/git'
/** Folders of a clone that all its worktrees write to: commits, branches, and how these moved. */
const WRITTEN = ['objects', 'refs', 'logs'] as const
/** Refs of Clambake alone, saved work among them. */
const OURS = join('refs', 'clambake')
/** Keeps git from removing the folder once all refs in it are packed. Git passes over names with this ending. */
const KEPT = 'kept.lock'
/** The same, where the clone has them: refs of another format, and content of git-lfs. */
const WRITTEN_IF_THERE = ['reftable', 'lfs'] as const
/** What git reads beside these. */
const READ = ['HEAD', 'config', 'config.worktree', 'hooks', 'info', 'modules', 'shallow', 'git-crypt'] as const
/** Files by which git finds other files from a worktree's own folder, or runs programs. */
const LEADING = ['commondir', 'gitdir', 'config.worktree'] as const
/** Git follows so many links to the file that it locks. */
const LINKS = 5
/** Git holds the lock on refs for a moment. */
const LOCKED_MS = 60_000

/**
 * Gives what a container or sandbox sees of the clone's git folder. In its place there is a folder of ours, so that the
 * agent cannot add files to the true one: a `commondir` there would lead the person's git to a configuration, and so to
 * programs, of the agent. A file that is mounted on top does not last: it is uncovered when somebody outside
 * replaces the file below it, as `git config` does.
 */
export function gitMounts(options: {commonDir: string; worktree: string; stands: string}): Mount[] {
  const {commonDir, worktree, stands} = options
  const own = gitDirOf(worktree, commonDir)
  // The agent could make a missing one.
  const config = textOrNull(join(commonDir, 'config')) ?? ''
  if (own !== null && /worktreeconfig/i.test(config)) appendFileSync(join(own, 'config.worktree'), '')
  ensurePrivateFolder(stands)
  sweep(stands, commonDir)
  const stand = join(stands, own === null ? 'none' : basename(own))
  ensurePrivateFolder(stand)
  for (const name of [...WRITTEN, OURS, 'objects/info', 'worktrees'])
    mkdirSync(join(commonDir, name), {recursive: true})
  if (!isFile(join(commonDir, OURS, KEPT))) writeFileSync(join(commonDir, OURS, KEPT), '')
  const written = [...WRITTEN, ...WRITTEN_IF_THERE.filter(name => isFolder(join(commonDir, name)))]
  for (const name of [...written, 'worktrees']) makeFolder(join(stand, name))
  for (const name of READ) link(join(AS_IT_IS, name), join(stand, name))
  const barrier = linkPackedRefs(stand)

  const plain = (path: string, writable: boolean): Mount => ({source: path, target: path, writable})
  return [
    {source: stand, target: commonDir, writable: true},
    {source: commonDir, target: AS_IT_IS, writable: false},
    {source: join(stand, barrier), target: join(commonDir, barrier), writable: false},
    ...written.map(name => plain(join(commonDir, name), true)),
    plain(join(commonDir, OURS), false),
    // Other folders of objects can be named there, which git outside would read.
    plain(join(commonDir, 'objects', 'info'), false),
    plain(join(commonDir, 'worktrees'), false),
    ...(own === null ? [] : [plain(own, true)]),
    ...(own === null ? [] : LEADING.map(name => join(own, name)))
      .filter(path => isFile(path))
      .map(path => plain(path, false)),
    // The file that names the worktree's git folder: another one would bring a configuration of its own.
    ...(isFile(join(worktree, '.git')) ? [plain(join(worktree, '.git'), false)] : []),
  ]
}

/**
 * The worktree's folder below `commonDir/worktrees`. Git notes it in the worktree too, but an agent can write that note,
 * and would choose what it may write.
 */
function gitDirOf(worktree: string, commonDir: string): string | null {
  const worktrees = join(commonDir, 'worktrees')
  if (!isFolder(worktrees)) return null
  const entries = readdirSync(worktrees, {withFileTypes: true}).filter(entry => entry.isDirectory())
  const found = entries.find(({name}) => textOrNull(join(worktrees, name, 'gitdir'))?.trim() === join(worktree, '.git'))
  return found ? join(worktrees, found.name) : null
}

/**
 * Lets git read the clone's packed refs as they are at any time, and lock them here, as it does whenever it deletes a ref: it
 * follows only some links to the file that it locks. Git writes a new file beside that one, which fails as there is one, so
 * that no ref of the clone is packed into a file that only the agent has. Gives the name of that file.
 */
function linkPackedRefs(stand: string): string {
  const names = ['packed-refs', ...Array.from({length: LINKS}, (_, index) => `packed-refs.${index + 1}`)]
  for (const [index, name] of names.entries()) {
    link(names[index + 1] ?? join(AS_IT_IS, 'packed-refs'), join(stand, name))
  }
  const [lock, barrier] = [`${names.at(-1)}.lock`, `${names.at(-1)}.new`]
  // A git that was killed left it.
  const locked = lstatSync(join(stand, lock), {throwIfNoEntry: false})
  if (locked && Date.now() - locked.mtimeMs > LOCKED_MS) rmSync(join(stand, lock), {recursive: true, force: true})
  if (!isFile(join(stand, barrier))) {
    rmSync(join(stand, barrier), {recursive: true, force: true})
    writeFileSync(join(stand, barrier), '')
  }
  return barrier
}

/** Removes the folders of worktrees that are gone. */
function sweep(stands: string, commonDir: string): void {
  for (const name of readdirSync(stands)) {
    if (name !== 'none' && !isFolder(join(commonDir, 'worktrees', name))) {
      rmSync(join(stands, name), {recursive: true, force: true})
    }
  }
}

/** Makes a folder to mount on, in the place of whatever an earlier agent left there. */
function makeFolder(path: string): void {
  if (isFolder(path)) return
  rmSync(path, {recursive: true, force: true})
  mkdirSync(path)
}

function link(target: string, path: string): void {
  const found = lstatSync(path, {throwIfNoEntry: false})
  if (found?.isSymbolicLink() && readlinkSync(path) === target) return
  rmSync(path, {recursive: true, force: true})
  symlinkSync(target, path)
}

function isFile(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false})?.isFile() ?? false
}

function isFolder(path: string): boolean {
  return lstatSync(path, {throwIfNoEntry: false})?.isDirectory() ?? false
}
