import {readFile, readlink, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {makeTemporaryFolder, plainText, statOrNull} from '../../base/files.ts'
import {hasSecret, isSecretFile} from '../../base/redact.ts'
import {bringsSecret} from '../commits/credentials.ts'
import {findsInPieces} from '../commits/in-pieces.ts'
import type {Context} from '../context.ts'
import {copyIndex} from './copy-index.ts'
import {PLAIN_DIFF} from './inspect.ts'
import type {VerifiedWorktree} from './list.ts'
import {bytesOf, fileAt, type RawPath, rawPaths, shownPath} from './raw-paths.ts'

/** Everything in a worktree that is no commit, as trees. */
type Snapshot = {
  /** What was staged. */
  indexTree: string
  /** All files as they are, byte by byte. */
  filesTree: string
  /** Paths that differ from the index or are unknown to it. */
  files: readonly RawPath[]
  /** All files but those that must not leave this machine: ignored ones, and those with a secret. */
  sharedTree: string
  /** What was staged, or HEAD's tree where a secret is staged. */
  sharedIndexTree: string
  /** null: what may be shared was not asked for. */
  headTree: string | null
}

/** `name`: its path in the trees. */
type Entry = {path: RawPath; name: RawPath; mode: '100644' | '100755' | '120000'; size: number}

/**
 * Writes the worktree into the object database with a temporary index, so that the worktree's own is not touched.
 * No filter runs and no link is followed: contents are kept byte by byte. Ignored files are work too, but for the
 * configured build folders. What is inside a repository of its own is not in it, see `rescueNested`. Throws
 * `rescue-too-big`.
 */
export async function takeSnapshot(
  context: Context,
  at: VerifiedWorktree,
  {toShare = false}: {toShare?: boolean} = {},
): Promise<Snapshot> {
  const scratch = makeTemporaryFolder('clambake-index-')
  try {
    const index = join(scratch, 'index')
    const own = join(at.gitDir, 'index')
    if ((await statOrNull(own))?.isFile()) await copyIndex(own, index)
    const env = {GIT_INDEX_FILE: index}
    await showHidden(context, at, env)
    const unmerged = await dropUnmerged(context, at, env)
    const indexTree = await context.runner.text(['write-tree'], {at, env})
    const changed = [...unmerged, ...(await changedPaths(context, at, env))]
    const unknown = await unknownPaths(context, at)
    const entries = await describe(at, [...changed, ...unknown])
    checkSize(context, at, entries)
    const there = new Set(entries.map(({path}) => path))
    const gone: RawPath[] = []
    for (const path of changed) if (!there.has(path) && !(await isRepository(at, path))) gone.push(path)
    const written = await writeEntries(context, {at, env, entries, gone})
    const filesTree = await context.runner.text(['write-tree'], {at, env})
    const files = [...changed, ...unknown]
    if (!toShare)
      return {indexTree, filesTree, files, headTree: null, sharedIndexTree: indexTree, sharedTree: filesTree}
    const headTree = await context.runner.text(['rev-parse', 'HEAD^{tree}'], {at})
    const staged = await stagedSecrets(context, {headTree, indexTree})
    const whole = {indexTree, filesTree, files, headTree}
    const sharedIndexTree = staged.length === 0 ? indexTree : headTree
    const secret = [...(await privatePaths(context, at, written)), ...staged]
    if (secret.length === 0) return {...whole, sharedIndexTree, sharedTree: filesTree}
    await backToHead(context, {at, env, paths: secret})
    return {...whole, sharedIndexTree, sharedTree: await context.runner.text(['write-tree'], {at, env})}
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
}

/** Paths that removing the worktree would lose though git calls the tree clean: ignored files outside build folders. */
export async function ignoredWork(context: Context, at: VerifiedWorktree): Promise<RawPath[]> {
  const ignored = await pathsOf(context, ['ls-files', '--others', '--ignored', '--exclude-standard', '-z'], {at})
  // A plain file that is called like a build folder is work.
  const folders = (path: RawPath) => shownPath(path).split('/').slice(0, -1)
  const {buildFolders} = context
  return ignored.filter(path => !folders(path).some(part => buildFolders.has(part)))
}

/** Files that are there but that the index tells git not to look at: assume-unchanged, skip-worktree. */
export async function hiddenPaths(
  context: Context,
  at: VerifiedWorktree,
  env: Record<string, string> = {},
): Promise<RawPath[]> {
  const entries = await pathsOf(context, ['ls-files', '-v', '-z'], {at, env})
  const marked = entries.filter(entry => /^[a-zS] /.test(entry)).map(entry => entry.slice(2))
  const found = await Promise.all(marked.map(async path => ((await statOrNull(fileAt(at.path, path))) ? [path] : [])))
  return found.flat()
}

/** Lets git compare the hidden files too. One that a sparse checkout left out is not there, and no deletion. */
async function showHidden(context: Context, at: VerifiedWorktree, env: Record<string, string>): Promise<void> {
  const paths = await hiddenPaths(context, at, env)
  if (paths.length === 0) return
  const input = listOf(paths)
  for (const mark of ['--no-assume-unchanged', '--no-skip-worktree']) {
    await context.runner.git(['update-index', mark, '-z', '--stdin'], {at, env, input})
  }
}

/** The paths, as they are in the trees, that stay on this machine. A file that cannot be looked at is one of them. */
async function privatePaths(
  context: Context,
  at: VerifiedWorktree,
  entries: readonly Entry[],
): Promise<readonly RawPath[]> {
  const ignored = new Set(await ignoredWork(context, at))
  const found: RawPath[] = []
  for (const {path, name, mode, size} of entries) {
    if (ignored.has(path) || isSecretFile(shownPath(path)) || size > LARGEST_READ) found.push(name)
    else if (mode !== '120000' && (await holdsSecret(fileAt(at.path, path)))) found.push(name)
  }
  return found
}

/** All staged paths if there is a secret in what is staged, else none. */
async function stagedSecrets(
  context: Context,
  {headTree, indexTree}: {headTree: string; indexTree: string},
): Promise<readonly RawPath[]> {
  if (indexTree === headTree) return []
  const diff = (...format: string[]) => ['diff', ...PLAIN_DIFF, ...format, headTree, indexTree, '--']
  const names = await pathsOf(context, diff('--name-only', '-z'))
  const isSecret = names.some(name => isSecretFile(shownPath(name)))
  return isSecret || (await bringsSecret(await context.runner.text(diff('--text', '-U0')))) ? names : []
}

/** A larger file is not read for secrets, and GitHub takes none that is much larger. */
const LARGEST_READ = 64 * 1024 * 1024

/** Whether a file holds what looks like a secret; one that cannot be read counts as if it did. */
async function holdsSecret(file: Buffer | string): Promise<boolean> {
  const text = await plainText(file)
  return text === null || findsInPieces(text, hasSecret)
}

/** Puts paths of the temporary index back to what HEAD has of them. */
async function backToHead(
  context: Context,
  {at, env, paths}: {at: VerifiedWorktree; env: Record<string, string>; paths: readonly RawPath[]},
): Promise<void> {
  await forget(context, {at, env, paths})
  const wanted = new Set(paths)
  const tree = await pathsOf(context, ['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], {at})
  const lines = tree.filter(line => wanted.has(line.slice(line.indexOf('\t') + 1)))
  if (lines.length === 0) return
  await context.runner.git(['update-index', '-z', '--index-info'], {at, env, input: listOf(lines)})
}

/** Trees cannot hold a path in conflict; the file with its marks is in the files' tree, the sides are in commits. */
async function dropUnmerged(context: Context, at: VerifiedWorktree, env: Record<string, string>): Promise<RawPath[]> {
  const unmerged = await pathsOf(context, ['ls-files', '--unmerged', '-z'], {at, env})
  const paths = [...new Set(unmerged.map(line => line.slice(line.indexOf('\t') + 1)))]
  await forget(context, {at, env, paths})
  return paths
}

async function changedPaths(context: Context, at: VerifiedWorktree, env: Record<string, string>): Promise<RawPath[]> {
  const args = ['diff-files', '--name-only', '-z', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty']
  return pathsOf(context, args, {at, env})
}

async function unknownPaths(context: Context, at: VerifiedWorktree): Promise<RawPath[]> {
  const unknown = await pathsOf(context, ['ls-files', '--others', '--exclude-standard', '-z'], {at})
  return [...unknown, ...(await ignoredWork(context, at))]
}

async function describe(at: VerifiedWorktree, paths: readonly RawPath[]): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const path of paths) {
    const found = await statOrNull(fileAt(at.path, path))
    // Gone, or a folder now in the place of a file: the path counts as deleted.
    if (!found) continue
    if (found.isSymbolicLink()) entries.push({path, name: path, mode: '120000', size: found.size})
    else if (found.isFile()) {
      entries.push({path, name: path, mode: found.mode & 0o100 ? '100755' : '100644', size: found.size})
    }
  }
  return entries
}

function checkSize(context: Context, at: VerifiedWorktree, entries: readonly Entry[]): void {
  const total = entries.reduce((sum, {size}) => sum + size, 0)
  if (total <= context.sizeLimitBytes) return
  const biggest = entries.toSorted((a, b) => b.size - a.size).slice(0, 3)
  throw tooBig(context, {path: at.path, size: total, examples: biggest.map(({path}) => shownPath(path))})
}

/** The error for a worktree that is too large to be saved. */
export function tooBig(
  context: Context,
  {path, size, examples}: {path: string; size: number; examples: readonly string[]},
): ClambakeError {
  return new ClambakeError({
    code: 'rescue-too-big',
    message: `${path} holds ${megabytes(size)} that are in no commit, over the limit of ${megabytes(context.sizeLimitBytes)}: ${examples.join(', ')} …`,
    kept: 'the worktree was left as it is',
    next: 'raise recovery.rescue_size_limit_mb, name the folder in recovery.ignored_build_folders, or move the files away',
  })
}

/** Writes entries into the temporary index, and gives them with the names that they have there. */
async function writeEntries(
  context: Context,
  options: {at: VerifiedWorktree; env: Record<string, string>; entries: readonly Entry[]; gone: readonly RawPath[]},
): Promise<readonly Entry[]> {
  const {at, env, entries, gone} = options
  await forget(context, {at, env, paths: gone})
  if (entries.length === 0) return entries
  const oids = new Map<Entry, string>()
  const plain = entries.filter(({mode, path}) => mode !== '120000' && !/^"|[\r\n]/.test(path))
  if (plain.length > 0) {
    const ids = await context.runner.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      at,
      input: bytesOf(plain.map(({path}) => `${path}\n`).join('')),
    })
    for (const [place, oid] of ids.split('\n').entries()) oids.set(plain[place]!, oid)
  }
  for (const entry of entries) if (!oids.has(entry)) oids.set(entry, await hashOne(context, at, entry))
  const lineOf = (entry: Entry, name: RawPath) => `${entry.mode} ${oids.get(entry)}\t${name}`
  const write = async (lines: readonly string[]) =>
    (await context.runner.git(['update-index', '-z', '--index-info'], {at, env, input: listOf(lines)})).stderr
  if (!isRefusal(await write(entries.map(entry => lineOf(entry, entry.name))))) return entries
  // Git takes no name that another system could read as `.git`, says so, and succeeds all the same.
  const taken = new Set(await pathsOf(context, ['ls-files', '-z'], {at, env}))
  const named = new Map(entries.map(entry => [entry, taken.has(entry.name) ? entry.name : harmless(entry.name)]))
  const renamed = entries.filter(entry => named.get(entry) !== entry.name)
  const said = await write(renamed.map(entry => lineOf(entry, named.get(entry)!)))
  if (renamed.length === 0 || isRefusal(said)) throw notStored(at, said)
  return entries.map(entry => ({...entry, name: named.get(entry)!}))
}

function isRefusal(stderr: string): boolean {
  return stderr.includes('Ignoring path')
}

/** A name that git stores: `kept-.GIT/x` for `.GIT/x`. */
function harmless(path: RawPath): RawPath {
  return path
    .split('/')
    .map(part => (/^\.?git/i.test(part) ? `kept-${part}` : part))
    .join('/')
}

function notStored(at: VerifiedWorktree, said: string): ClambakeError {
  return new ClambakeError({
    code: 'rescue-unproven',
    message: `git cannot store every name in ${at.path}: ${said.trim().slice(-300)}`,
    kept: 'nothing was deleted',
    next: 'rename these files; Clambake retries',
  })
}

/** A link is kept as what it holds; git would follow it. Odd names cannot go through a list of lines. */
async function hashOne(context: Context, at: VerifiedWorktree, entry: Entry): Promise<string> {
  const file = fileAt(at.path, entry.path)
  const input = entry.mode === '120000' ? await readlink(file, {encoding: 'buffer'}) : await readFile(file)
  return context.runner.text(['hash-object', '-w', '--no-filters', '--stdin'], {at, input})
}

/** Takes paths out of the temporary index. */
async function forget(
  context: Context,
  options: {at: VerifiedWorktree; env: Record<string, string>; paths: readonly RawPath[]},
): Promise<void> {
  const {at, env, paths} = options
  if (paths.length === 0) return
  await context.runner.git(['update-index', '--force-remove', '-z', '--stdin'], {at, env, input: listOf(paths)})
}

/** The pointer to a repository stays as it was staged; its commit is that repository's. */
async function isRepository(at: VerifiedWorktree, path: RawPath): Promise<boolean> {
  return (await statOrNull(fileAt(at.path, `${path}/.git`))) !== null
}

/** What a command prints with a NUL after each. */
async function pathsOf(
  context: Context,
  args: readonly string[],
  place: {at?: VerifiedWorktree; env?: Record<string, string>} = {},
): Promise<RawPath[]> {
  return rawPaths(await context.runner.bytes(args, place))
}

function listOf(raw: readonly string[]): Buffer {
  return bytesOf(raw.map(each => `${each}\0`).join(''))
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MB`
}
