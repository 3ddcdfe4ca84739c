import {chmodSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {isSystemError} from '../base/errors.ts'
import {textOrNull, writePrivateFile} from '../base/files.ts'
import {ensurePrivateFolder} from '../base/paths.ts'
import {removeDeadFetches} from './command/fetch-folder.ts'
import {ownConfig, type Setting} from './command/own-config.ts'
import {type Address, lookAtClone, readFirstSeen, refuseChanges, writeFirstSeen} from './first-seen.ts'

/** What all worktrees of a clone share and our git reads; the rest (config, hooks, grafts, modules) it never sees. */
const SHARED = ['objects', 'refs', 'packed-refs', 'logs', 'HEAD', 'worktrees', 'reftable', 'lfs', 'git-crypt'] as const
const SHARED_INFO = ['exclude'] as const
/** Folders that must exist, because git creates them only where no link is. */
const NEEDED = ['logs', 'worktrees', 'info'] as const

export type OwnFolder = {
  path: string
  /** How content of git-lfs gets to its server; null: no filter of git-lfs is set up. `hook`: a file. */
  lfs: {hook: string | null} | null
}

/**
 * Makes the folder that our git uses in the place of the clone's common folder: links to its objects and refs beside a
 * configuration of our own. Everything else that an agent can write in the clone's git folder has no effect on us.
 *
 * What names a program or a server is taken over as it was when Clambake first worked in this clone; a later change is
 * refused by name, since an agent may have made it. Throws `clone-refused` and `clone-changed`.
 */
export async function makeOwnFolder(options: {
  /** All settings that git finds in the clone. */
  listing: readonly Setting[]
  commonDir: string
  remote: {name: string} & Address
  /** The folder to make or to refresh. */
  folder: string
  /** Compares with what was seen first, but does not note it. */
  readOnly: boolean
  /** Where it is noted. */
  note: string
}): Promise<OwnFolder> {
  const {listing, commonDir, remote, folder, readOnly, note} = options
  const {settings, now} = await lookAtClone({listing, commonDir, remote})
  const before = readFirstSeen(note)
  if (before) refuseChanges({before, now, remoteName: remote.name})
  const {attributes = now.attributes ?? null, ...seen} = before ?? now
  if (!readOnly && before?.attributes === undefined) writeFirstSeen(note, {...seen, attributes})
  const {shallow, lfsHook} = seen
  const lfs = usesLfs(listing)
  makeLinks({commonDir, folder, shallow, lfs})
  removeDeadFetches(folder)
  writeAttributes(join(folder, 'info', 'attributes'), attributes)
  const text = ownConfig({settings: [...settings.storage, ...settings.lasting], remote, listing})
  if (textOrNull(join(folder, 'config')) !== text) writePrivateFile(join(folder, 'config'), text)
  const hook = join(folder, 'lfs-pre-push')
  if (lfs && lfsHook !== null && textOrNull(hook) !== lfsHook) writePrivateFile(hook, lfsHook)
  if (lfs && lfsHook !== null) chmodSync(hook, 0o700)
  return {path: folder, lfs: lfs ? {hook: lfsHook === null ? null : hook} : null}
}

/** Whether a filter of git-lfs is set up, by the clone or by the user. */
function usesLfs(listing: readonly Setting[]): boolean {
  return listing.some(({key}) => /^filter\.lfs\.(clean|process)$/.test(key))
}

function makeLinks(options: {commonDir: string; folder: string; shallow: boolean; lfs: boolean}): void {
  const {commonDir, folder, shallow, lfs} = options
  ensurePrivateFolder(folder)
  mkdirSync(join(folder, 'info'), {recursive: true})
  for (const name of NEEDED) mkdirSync(join(commonDir, name), {recursive: true})
  if (lfs) mkdirSync(join(commonDir, 'lfs'), {recursive: true})
  for (const name of SHARED) link(join(commonDir, name), join(folder, name))
  for (const name of SHARED_INFO) link(join(commonDir, 'info', name), join(folder, 'info', name))
  // In a whole clone the file would only hide the parents of commits.
  if (shallow) link(join(commonDir, 'shallow'), join(folder, 'shallow'))
  else rmSync(join(folder, 'shallow'), {force: true})
}

/** They say how files are merged and compared: with `* merge=union` of an agent, nothing would conflict any more. */
function writeAttributes(file: string, text: string | null): void {
  // Older versions made a link to the clone's own.
  if (text === null || lstatSync(file, {throwIfNoEntry: false})?.isSymbolicLink()) rmSync(file, {force: true})
  if (text !== null && textOrNull(file) !== text) writePrivateFile(file, text)
}

/** Makes a link, or corrects one that leads elsewhere. Another process may be making the same one. */
function link(target: string, path: string): void {
  const found = lstatSync(path, {throwIfNoEntry: false})
  if (found?.isSymbolicLink() && readlinkSync(path) === target) return
  rmSync(path, {recursive: true, force: true})
  try {
    symlinkSync(target, path)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
  }
}
