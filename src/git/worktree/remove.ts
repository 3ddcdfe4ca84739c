import {randomBytes} from 'node:crypto'
import {lstat, mkdir, readdir, readFile, rename, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import {lastLines} from '../command/failures.ts'
import {type Context, isAncestor, mainRef, resolveCommit} from '../context.ts'
import {unpin} from '../refs/pinned.ts'
import {LANDED_REFS, type Pins, RESCUE_REFS} from '../refs/pins.ts'
import {rescuesOf, saveRescue} from '../refs/rescue-refs.ts'
import {headOf} from './inspect.ts'
import {listWorktrees, placeInside, type VerifiedWorktree, verifyWorktree} from './list.ts'
import {fileAt, type RawPath, rawPathOf, rawPaths} from './raw-paths.ts'
import {rescueInside} from './rescue.ts'
import {forgotten, rescueOwn} from './rescue-own.ts'
import {hiddenPaths, ignoredWork} from './snapshot.ts'
import {dropStash, listStashes} from './stashes.ts'

/** The folder of worktrees that are being removed. Only those whose work is safe in refs are moved here. */
const LEAVING = '.leaving'
/**
 * Removes a ticket's worktree and local branch. Nothing is deleted before it is in a durable ref: what main and the
 * remote do not have is rescued first. Gives the refs of the rescues. Every step may be repeated after a kill.
 */
export async function removeWorktree(
  context: Context,
  pins: Pins,
  options: {path: string; branch: string; landed: string | null},
): Promise<readonly string[]> {
  const {branch, landed} = options
  const path = await placeInside(context, options.path)
  const rescues: string[] = []
  let heads: Promise<ReadonlyMap<string, string>> | null = null
  /** What the remote has of the branch; it is asked once, and only about commits that nothing here keeps. */
  async function onRemote(): Promise<string | null> {
    heads ??= context.refs.heads(`look for ${branch}`)
    return (await heads).get(branch) ?? null
  }
  const safe = (commit: string) => isSafe(context, commit, {landed, onRemote})

  if (await statOrNull(path)) {
    const at = await verifyWorktree(context, path)
    const before = await lookAt(context, at)
    const reason = landed ? 'landed, with more in it' : 'removed'
    rescues.push(...(await rescueInside(context, pins, {at, reason})))
    if (await needsRescue(context, at, {seen: before, safe}))
      rescues.push((await rescueOwn(context, pins, {at, reason})).ref)
    rescues.push(...(await keepStashes(context, pins, {branch, name: path})))
    await context.checkpoint('rescue:saved')
    const moved = await moveAway(context, path)
    await context.checkpoint('worktree:moved')
    try {
      // A person's editor may have saved a file while the rescue was pushed. At the new place, no one writes by its path.
      const late = {...at, path: moved}
      if ((await lookAt(context, late)).mark !== before.mark) {
        const saved = await rescueOwn(context, pins, {at: late, name: path, reason: `${reason}, written meanwhile`})
        rescues.push(saved.ref)
      }
    } finally {
      inUse.delete(moved)
    }
  }
  await forgetWorktree(context, pins, path)
  await context.checkpoint('worktree:forgotten')
  await emptyLeaving(context)
  await context.checkpoint('worktree:removed')
  await deleteBranch(context, {branch, landed, safe})
  await unpin(context, branch, safe)
  await context.checkpoint('branch:deleted')
  return rescues
}

/** Whether main, the branch on the remote or what landed has the commit. */
async function isSafe(
  context: Context,
  commit: string,
  {landed, onRemote}: {landed: string | null; onRemote: () => Promise<string | null>},
): Promise<boolean> {
  const isIn = async (keeper: string | null) => keeper !== null && isAncestor(context, commit, keeper)
  return (await isIn(mainRef(context))) || (await isIn(landed)) || isIn(await onRemote())
}

/** `mark`: changes with any write to what is in no commit, and with a new commit. */
type Look = {head: string; isClean: boolean; mark: string}

/** Looks at what a worktree has beside its commit. */
async function lookAt(context: Context, at: VerifiedWorktree): Promise<Look> {
  const args = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=dirty']
  const [head, status, ignored, hidden] = await Promise.all([
    headOf(context, at),
    context.runner.bytes(args, {at}),
    ignoredWork(context, at),
    hiddenPaths(context, at),
  ])
  const dirty = rawPaths(status)
  const marks = [head, ...dirty]
  for (const path of [...dirty.map(line => line.slice('XY '.length)), ...ignored, ...hidden]) {
    const found = await statOrNull(fileAt(at.path, path))
    marks.push(`${path} ${found?.ino} ${found?.mtimeMs} ${found?.ctimeMs} ${found?.size} ${found?.mode}`)
  }
  const copies = await unchangedCopies(context, at, ignored)
  const work = [...dirty, ...ignored.filter(path => !copies.has(path)), ...hidden]
  return {head, isClean: work.length === 0, mark: marks.join('\0')}
}

/** Those ignored files that were copied from the checkout, which has the very same: they are not the agent's work. */
async function unchangedCopies(
  context: Context,
  at: VerifiedWorktree,
  ignored: readonly RawPath[],
): Promise<ReadonlySet<RawPath>> {
  const copied = context.copied.map(rawPathOf).filter(path => ignored.includes(path))
  const same = await Promise.all(copied.map(path => hasSameBytes(fileAt(context.root, path), fileAt(at.path, path))))
  return new Set(copied.filter((_, index) => same[index]))
}

/** Whether both are plain files with the same bytes. A file that cannot be read is the same as none. */
async function hasSameBytes(one: Buffer, other: Buffer): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([lstat(one), lstat(other)])
    if (!first.isFile() || !second.isFile() || first.size !== second.size) return false
    return (await readFile(one)).equals(await readFile(other))
  } catch {
    return false
  }
}

async function needsRescue(
  context: Context,
  at: VerifiedWorktree,
  {seen, safe}: {seen: Look; safe: (commit: string) => Promise<boolean>},
): Promise<boolean> {
  return !seen.isClean || !(await safe(seen.head)) || (await forgotten(context, at)).length > 0
}

/** Keeps what was stashed on the branch in rescue refs; left on the list, the next agent could apply it as its own. */
async function keepStashes(
  context: Context,
  pins: Pins,
  {branch, name}: {branch: string; name: string},
): Promise<string[]> {
  const refs: string[] = []
  for (const stash of await listStashes(context)) {
    if (stash.branch !== branch) continue
    const known = (await rescuesOf(context, name)).find(({oid}) => oid === stash.oid)?.ref
    const ref = known ?? pins.refFor({commit: stash.oid, name})
    await saveRescue(context, {ref, oid: stash.oid, share: false})
    await dropStash(context, stash.oid)
    refs.push(ref)
  }
  return refs
}

/** Folders that were moved away and are still looked at. */
const inUse = new Set<string>()

/** One rename, so that a kill leaves the worktree whole in one place or the other. Gives the new place, which is in use. */
async function moveAway(context: Context, path: string): Promise<string> {
  const leaving = join(context.workspaceRoot, LEAVING)
  await mkdir(leaving, {recursive: true})
  const moved = join(leaving, randomBytes(8).toString('hex'))
  inUse.add(moved)
  await rename(path, moved)
  return moved
}

/** Takes a worktree whose folder is gone off git's list. */
async function forgetWorktree(context: Context, pins: Pins, path: string): Promise<void> {
  const listed = (await listWorktrees(context)).find(worktree => worktree.path === path)
  if (!listed) return
  // Deleted from outside, its HEAD may be all that names its commits.
  if (!/^0*$/.test(listed.head)) await pins.keep({commit: listed.head, name: path})
  const args = ['worktree', 'remove', '--force', '--force', '--', path]
  const removed = await context.runner.git(args, {accept: [0, 128]})
  if (removed.exitCode !== 0 && (await listWorktrees(context)).some(worktree => worktree.path === path)) {
    throw new ClambakeError({
      code: 'worktree-failed',
      message: `git keeps the worktree ${path} on its list: ${lastLines(removed.stderr)}`,
      kept: 'its work is safe in refs',
      next: 'nothing to do: Clambake retries',
    })
  }
}

async function emptyLeaving(context: Context): Promise<void> {
  const leaving = join(context.workspaceRoot, LEAVING)
  if (!(await statOrNull(leaving))?.isDirectory()) return
  const moved = (await readdir(leaving)).map(name => join(leaving, name))
  for (const folder of moved) if (!inUse.has(folder)) await rm(folder, {recursive: true, force: true})
}

async function deleteBranch(
  context: Context,
  options: {branch: string; landed: string | null; safe: (commit: string) => Promise<boolean>},
): Promise<void> {
  const {branch, landed, safe} = options
  const ref = `refs/heads/${branch}`
  const tip = await resolveCommit(context, ref)
  if (tip === null || branch === context.mainBranch) return
  if ((await listWorktrees(context)).some(worktree => worktree.branch === branch)) return
  const rescued = await context.runner.read(['for-each-ref', '--count=1', `--contains=${tip}`, RESCUE_REFS])
  if (rescued === '' && !(await safe(tip))) {
    context.log.warn('branch kept: only it has its commits', {branch, tip})
    return
  }
  if (landed !== null && !(await isAncestor(context, tip, mainRef(context)))) {
    await context.runner.git(['update-ref', `${LANDED_REFS}${branch}`, tip])
  }
  await context.runner.git(['update-ref', '-d', ref, tip])
}
