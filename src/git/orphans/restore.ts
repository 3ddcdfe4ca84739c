import {randomBytes} from 'node:crypto'
import {link, lstat, mkdir, readFile, readlink, rm, symlink, writeFile} from 'node:fs/promises'
import {dirname, join, posix} from 'node:path'
import {ClambakeError, isSystemError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import {count} from '../../base/words.ts'
import type {Restored} from '../../model/data/recovery/rescue.ts'
import {type Context, resolveCommit} from '../context.ts'
import {readObjects} from '../objects.ts'
import {fileAt, type RawPath, rawPaths, shownPath} from '../worktree/raw-paths.ts'

type Entry = {mode: string; oid: string; size: number; path: RawPath}

/** Contents that are read by one process. */
const BATCH_BYTES = 32 * 1024 * 1024
/** Names beside a taken one that are tried. */
const MOST_BESIDE = 100

/**
 * Writes files of a rescue, or of any commit, into a folder, byte by byte. It never overwrites: a file that is there
 * with other content stays, and the restored one is written beside it. No link is followed.
 */
export async function restoreFiles(
  context: Context,
  {ref, paths, into}: {ref: string; paths: readonly string[]; into: string},
): Promise<readonly Restored[]> {
  const commit = await resolveCommit(context, ref)
  if (commit === null) {
    throw new ClambakeError({
      code: 'no-rescue',
      message: `There is no rescue ${ref}`,
      kept: 'nothing was written',
      next: 'clambake recover --list-rescues shows them all',
    })
  }
  const entries = await entriesOf(context, commit, paths)
  const restored: Restored[] = []
  for (const batch of batches(entries)) {
    const contents = await contentsOf(context, batch)
    for (const entry of batch) restored.push(await writeEntry(context, into, entry, contents.get(entry.oid)))
  }
  return restored
}

/**
 * Makes files of a worktree that was just made from a rescue what they are in it, byte by byte. Git converts what it checks
 * out (line ends, encodings, `$Id$`, filters), and a rescue has the files as they were on the disk.
 */
export async function writeAsRescued(
  context: Context,
  {folder, head, rescue}: {folder: string; head: string; rescue: string},
): Promise<void> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--diff-filter=AMT', head, rescue]
  const changed = new Set(rawPaths(await context.runner.bytes(args)))
  const entries = (await entriesOf(context, rescue, [])).filter(
    ({path, mode}) => changed.has(path) && mode !== GITLINK && mode !== LINK,
  )
  for (const batch of batches(entries)) {
    const contents = await contentsOf(context, batch)
    for (const {path, oid, mode} of batch) {
      const [file, content] = [fileAt(folder, path), contents.get(oid)]
      if (content === undefined || !(await statOrNull(file))?.isFile()) continue
      if (!(await isSame(file, {mode, content}))) await writeFile(file, content)
    }
  }
}

/** The files of a commit below these paths; none means all. Throws `no-such-path`. */
async function entriesOf(context: Context, commit: string, paths: readonly string[]): Promise<Entry[]> {
  const all = rawPaths(await context.runner.bytes(['ls-tree', '-r', '-z', '-l', '--full-tree', commit])).map(line => {
    const [mode = '', , oid = '', size] = line.slice(0, line.indexOf('\t')).split(/ +/)
    return {mode, oid, size: Number(size) || 0, path: line.slice(line.indexOf('\t') + 1)}
  })
  if (paths.length === 0) return all
  const wanted = paths.map(path => posix.normalize(path).replace(/\/$/, ''))
  const isBelow = (entry: Entry, folder: string) => {
    const path = shownPath(entry.path)
    return folder === '.' || path === folder || path.startsWith(`${folder}/`)
  }
  const missing = wanted.filter(folder => !all.some(entry => isBelow(entry, folder)))
  if (missing.length > 0) {
    const names = all.slice(0, 5).map(({path}) => shownPath(path))
    throw new ClambakeError({
      code: 'no-such-path',
      message: `The rescue has no ${missing.join(', ')}`,
      kept: 'nothing was written',
      next: `it has ${count(all.length, 'file')}, such as ${names.join(', ')}`,
    })
  }
  return all.filter(entry => wanted.some(folder => isBelow(entry, folder)))
}

function batches(entries: readonly Entry[]): Entry[][] {
  const all: Entry[][] = []
  let room = 0
  for (const entry of entries) {
    if (all.length === 0 || room < entry.size) {
      all.push([])
      room = BATCH_BYTES
    }
    all.at(-1)!.push(entry)
    room -= entry.size
  }
  return all
}

/** Contents by object id, from one process. */
async function contentsOf(context: Context, entries: readonly Entry[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const oids = [...new Set(entries.filter(({mode}) => mode !== GITLINK).map(({oid}) => oid))]
  const found = await readObjects(context.runner, oids)
  return new Map([...found].flatMap(([oid, {type, content}]) => (type === 'blob' ? [[oid, content] as const] : [])))
}

/** The mode of a pointer to a commit of another repository. */
const GITLINK = '160000'
const LINK = '120000'

async function writeEntry(
  context: Context,
  into: string,
  entry: Entry,
  content: Uint8Array | undefined,
): Promise<Restored> {
  const {path, mode} = entry
  if (mode === GITLINK) return refused(path, 'it is a pointer to a commit of another repository')
  if (content === undefined) return refused(path, 'its content is not in this clone')
  // A name in a tree is data: it must stay below the folder, and never reach a git folder.
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')) {
    return refused(path, 'its name leads elsewhere')
  }
  const blocked = await makeFolders(into, parts.slice(0, -1))
  if (blocked !== null) return refused(path, `${shownPath(blocked)} is not a folder`)
  for (let tries = 0; tries < MOST_BESIDE; tries++) {
    const name = tries === 0 ? path : `${path}.restored${tries === 1 ? '' : `-${tries}`}`
    const file = fileAt(into, name)
    const said = {path: shownPath(path), to: shownPath(name)}
    const draft = fileAt(into, [...parts.slice(0, -1), `.clambake-${randomBytes(6).toString('hex')}`].join('/'))
    if (await writeNew(context, file, {mode, content, draft}))
      return {...said, what: tries === 0 ? 'written' : 'beside'}
    if (await isSame(file, {mode, content})) return {...said, what: 'same'}
  }
  return refused(path, 'too many files of its name are there')
}

function refused(path: RawPath, why: string): Restored {
  return {path: shownPath(path), to: null, what: 'refused', why}
}

/** Makes the folders of a file. Gives what is in the way: a file, or a link, which is not followed. */
async function makeFolders(into: string, parts: readonly RawPath[]): Promise<RawPath | null> {
  await mkdir(into, {recursive: true})
  for (let at = 1; at <= parts.length; at++) {
    const folder = parts.slice(0, at).join('/')
    const path = fileAt(into, folder)
    const stat = await statOrNull(path)
    if (stat === null) await mkdir(path)
    else if (!stat.isDirectory()) return folder
  }
  return null
}

/** Writes a file that is not there, whole or not at all; false: something has its name. */
async function writeNew(
  context: Context,
  to: Buffer,
  {mode, content, draft}: {mode: string; content: Uint8Array; draft: Buffer},
): Promise<boolean> {
  if (await statOrNull(to)) return false
  try {
    if (mode === LINK) await symlink(Buffer.from(content), to)
    else await writeWhole(context, to, {content, draft, mode: mode === '100755' ? 0o755 : 0o644})
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  }
}

/** Gives the file its name once all of it is written: a kill leaves no half of it that looks like the whole. */
async function writeWhole(
  context: Context,
  to: Buffer,
  {content, mode, draft}: {content: Uint8Array; mode: number; draft: Buffer},
): Promise<void> {
  try {
    await writeFile(draft, content, {flag: 'wx', mode})
    await context.checkpoint('restore:written')
    await link(draft, to)
  } catch (error) {
    // Some file systems have no second names.
    if (!isSystemError(error, 'EPERM') && !isSystemError(error, 'ENOTSUP')) throw error
    await writeFile(to, content, {flag: 'wx', mode})
  } finally {
    await rm(draft, {force: true})
  }
}

async function isSame(to: Buffer, {mode, content}: {mode: string; content: Uint8Array}): Promise<boolean> {
  const stat = await lstat(to)
  if (stat.isSymbolicLink()) return mode === LINK && (await readlink(to, {encoding: 'buffer'})).equals(content)
  if (mode === LINK || !stat.isFile() || stat.size !== content.byteLength) return false
  return Buffer.from(await readFile(to)).equals(Buffer.from(content))
}

/** The folder that a whole rescue is restored into: a new one, named by the rescue. */
export function restoreFolder(context: Context, ref: string): string {
  const name = ref
    .split('/')
    .slice(-2)
    .join('-')
    .replace(/[^\w.-]+/g, '-')
  return join(dirname(context.workspaceRoot), 'restored', name)
}
