import {chmodSync, existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {z} from 'zod'
import {ClambakeError, isSystemError, usageError} from '../base/errors.ts'
import {plainText, textOrNull, writePrivateFile} from '../base/files.ts'
import {ensurePrivateFolder} from '../base/paths.ts'
import {asLines, cloneSettings, ownConfig, parseListing, type Setting} from './command/own-config.ts'
import type {GitRunner} from './command/run-git.ts'

/** What all worktrees of a clone share and our git reads; the rest (config, hooks, grafts, modules) it never sees. */
const SHARED = ['objects', 'refs', 'packed-refs', 'logs', 'HEAD', 'worktrees', 'reftable', 'lfs', 'git-crypt'] as const
const SHARED_INFO = ['exclude', 'attributes'] as const
/** Folders that must exist, because git creates them only where no link is. */
const NEEDED = ['logs', 'worktrees', 'info'] as const

const firstSeen = z.object({
  url: z.string(),
  pushUrl: z.string(),
  settings: z.array(z.string()),
  shallow: z.boolean(),
  /** The clone's hook that uploads for git-lfs. */
  lfsHook: z.string().nullable(),
})
type FirstSeen = z.infer<typeof firstSeen>

/** The clone's address as its configuration has it now, without credentials. */
type Address = {url: string; pushUrl: string}

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
  runner: GitRunner
  commonDir: string
  remote: {name: string} & Address
  /** The folder to make or to refresh. */
  folder: string
  /** Compares with what was seen first, but does not note it. */
  readOnly: boolean
  /** Where it is noted. */
  note: string
}): Promise<OwnFolder> {
  const {runner, commonDir, remote, folder, readOnly, note} = options
  const listing = parseListing(await runner.text(['config', '--list', '--show-scope', '--null']))
  const {storage, lasting, refused} = cloneSettings(listing)
  if (refused) throw cloneRefused(refused)
  const now: FirstSeen = {
    url: remote.url,
    pushUrl: remote.pushUrl,
    settings: asLines(lasting),
    shallow: existsSync(join(commonDir, 'shallow')),
    lfsHook: await lfsHookIn(commonDir),
  }
  const before = readNote(note)
  if (before) refuseChanges({before, now, note, remoteName: remote.name})
  else if (!readOnly) {
    ensurePrivateFolder(join(note, '..'))
    writePrivateFile(note, `${JSON.stringify(now, null, 2)}\n`)
  }
  const {shallow, lfsHook} = before ?? now
  const lfs = usesLfs(listing)
  makeLinks({commonDir, folder, shallow, lfs})
  const text = ownConfig({settings: [...storage, ...lasting], remote, listing})
  if (textOrNull(join(folder, 'config')) !== text) writePrivateFile(join(folder, 'config'), text)
  const hook = join(folder, 'lfs-pre-push')
  if (lfs && lfsHook !== null && textOrNull(hook) !== lfsHook) writePrivateFile(hook, lfsHook)
  if (lfs && lfsHook !== null) chmodSync(hook, 0o700)
  return {path: folder, lfs: lfs ? {hook: lfsHook === null ? null : hook} : null}
}

/** The clone's pre-push hook, if it is the one that git-lfs installs. */
async function lfsHookIn(commonDir: string): Promise<string | null> {
  const text = await plainText(join(commonDir, 'hooks', 'pre-push'))
  return text !== null && /lfs/i.test(text) ? text : null
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

function readNote(note: string): FirstSeen | null {
  const text = textOrNull(note)
  if (text === null) return null
  try {
    return firstSeen.parse(JSON.parse(text))
  } catch (error) {
    throw new ClambakeError({
      code: 'clone-changed',
      message: `${note}, where Clambake noted the clone's configuration, cannot be read`,
      kept: 'nothing was started',
      next: `look at git config --local --list; if all of it is yours, remove ${note}`,
      cause: error,
    })
  }
}

function refuseChanges(options: {before: FirstSeen; now: FirstSeen; note: string; remoteName: string}): void {
  const {before, now, note, remoteName} = options
  const changes = [
    ...(before.url === now.url ? [] : [`the address of ${remoteName} (${before.url} before, ${now.url} now)`]),
    ...(before.pushUrl === now.pushUrl || before.url !== now.url
      ? []
      : [`where ${remoteName} pushes to (${now.pushUrl})`]),
    ...keysThatDiffer(before.settings, now.settings),
  ]
  if (changes.length === 0) return
  throw usageError({
    code: 'clone-changed',
    message: `The clone's git configuration has changed since Clambake first worked here: ${changes.join(', ')}`,
    kept: 'nothing was started: an agent may have changed it, and it says which programs run and where the login goes',
    next: `if you changed it, remove ${note}; if not, change it back in git config --local --edit`,
  })
}

function keysThatDiffer(before: readonly string[], now: readonly string[]): string[] {
  const odd = [...before.filter(line => !now.includes(line)), ...now.filter(line => !before.includes(line))]
  return [...new Set(odd.map(line => line.slice(0, line.indexOf('='))))]
}

function cloneRefused({key, why, next}: {key: string; why: string; next: string}): ClambakeError {
  return usageError({
    code: 'clone-refused',
    message: `Clambake cannot work with ${key} in the clone's git configuration: ${why}`,
    kept: 'nothing was started',
    next,
  })
}
