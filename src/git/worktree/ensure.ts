import {appendFile, mkdir, readdir, rm, rmdir} from 'node:fs/promises'
import {basename, dirname, join, relative, sep} from 'node:path'
import PQueue from 'p-queue'
import {ClambakeError} from '../../base/errors.ts'
import {plainText, replaceFile, statOrNull} from '../../base/files.ts'
import {createKeyedMutex, createMutex} from '../../base/mutex.ts'
import {shortSha} from '../../base/words.ts'
import {lastLines} from '../command/failures.ts'
import {type Context, isAncestor, resolveCommit, resolveCommits} from '../context.ts'
import {withIndex} from '../orphans/with-index.ts'
import {pinnedRef} from '../refs/pinned.ts'
import type {Pins} from '../refs/pins.ts'
import {removeBegun} from './half-moved.ts'
import {clearIndexLock} from './index-lock.ts'
import {standOf} from './inspect.ts'
import {type ListedWorktree, listWorktrees, placeInside, type VerifiedWorktree, verifyWorktree} from './list.ts'

/** Two checkouts at once were fastest; more only fight for the disk. */
const PARALLEL_CHECKOUTS = 2
/** Names of a branch that are tried. */
const MOST_NAMES = 100
/** Another process may add a worktree at the same moment, which git answers with a failure. */
const ADD_TRIES = 5

export type EnsureWorktree = (options: {
  path: string
  branch: string
  base: string
}) => Promise<{head: string; created: boolean}>

/** Creates or finds a ticket's branch and worktree; one that has other work is refused and never changed. */
export function createEnsureWorktree(context: Context, pins: Pins): EnsureWorktree {
  const {runner} = context
  // `git worktree add` run concurrently fails (5 of 12 survived), so adding is serial and only the checkout is not.
  const adding = createMutex()
  const places = createKeyedMutex()
  const checkouts = new PQueue({concurrency: PARALLEL_CHECKOUTS})

  /** A worktree that was added but never filled has no index, and one whose index somebody removed has files. */
  async function ensureCheckedOut(at: VerifiedWorktree): Promise<void> {
    if (await statOrNull(join(at.gitDir, 'index'))) return
    const isEmpty = (await readdir(at.path)).every(name => name === '.git')
    await checkouts.add(async () => {
      if (isEmpty) await runner.git(['reset', '--hard', '--quiet'], {at})
      else await fillUp(context, at)
    })
  }

  async function add(options: {
    path: string
    branch: string
    base: string
    listed: readonly ListedWorktree[]
  }): Promise<void> {
    const {path, branch, base, listed} = options
    await excludeWorkspace(context)
    await refuseTakenBranch(listed, {path, branch})
    await clearPlace(pins, {path, listed: listed.find(worktree => worktree.path === path)})
    await ensureBranch(context, {branch, base})
    await mkdir(dirname(path), {recursive: true})
    // Git removes the folder with its last worktree, and creates none where our link is.
    await mkdir(join(context.commonDir, 'worktrees'), {recursive: true})
    for (let attempt = 1; ; attempt++) {
      // Twice --force: the place may be noted for a worktree that is gone, even locked.
      const args = ['worktree', 'add', '--quiet', '--force', '--force', '--no-checkout', '--', path, branch]
      const {exitCode, stderr} = await runner.git(args, {accept: [0, 128, 255]})
      if (exitCode === 0) return nameCommonFolder(context, path)
      if (attempt === ADD_TRIES) {
        throw new ClambakeError({
          code: 'worktree-failed',
          message: `git could not create the worktree ${path}: ${lastLines(stderr)}`,
          kept: `the branch ${branch} is unchanged`,
          next: 'resolve what git says, then try again',
        })
      }
    }
  }

  async function ensure(options: {path: string; branch: string; base: string}): ReturnType<EnsureWorktree> {
    const {path, branch} = options
    const created = await adding.run(async () => {
      const listed = await listWorktrees(context)
      const known = listed.find(worktree => worktree.path === path)
      if (known && !isHalfMade(known) && (await statOrNull(path))) return false
      await add({...options, listed})
      return true
    })
    const at = await verifyWorktree(context, path)
    const found = await standOf(context, at)
    if (found.branch !== branch) throw otherBranch({path, branch, found: found.branch})
    await clearIndexLock(context, at)
    await ensureCheckedOut(at)
    return {head: found.head, created}
  }

  return async ({path, branch, base}) => {
    await checkBranchName(context, branch)
    const real = await placeInside(context, path)
    return places.run(real, () => ensure({path: real, branch, base}))
  }
}

/**
 * Writes the files of HEAD that a worktree without an index lacks, or has only the beginning of, and then the index. All
 * other files stay as they are: they may be an agent's changes. The index comes last, so that a kill is made good.
 */
async function fillUp(context: Context, at: VerifiedWorktree): Promise<void> {
  const {runner} = context
  await withIndex(context, async env => {
    await runner.git(['read-tree', 'HEAD'], {at, env})
    const changed = ['diff-files', '--name-only', '-z', '--no-ext-diff', '--no-textconv', '--ignore-submodules=all']
    const paths = (await runner.text(changed, {at, env})).split('\0').filter(Boolean)
    await removeBegun(context, {at, commit: 'HEAD', paths})
    const missing = await runner.bytes([...changed, '--diff-filter=D'], {at, env})
    // It leaves out what a file or a link stands in the way of.
    const args = ['checkout-index', '--quiet', '-z', '--stdin']
    if (missing.length > 0) await runner.git(args, {at, env, input: missing, accept: [0, 1, 128]})
  })
  await runner.git(['read-tree', 'HEAD'], {at})
  await runner.git(['update-index', '-q', '--refresh'], {at, accept: [0, 1]})
}

/** Our git names its own folder in a new worktree's `.git` file; the agent's git must work with the clone's. */
async function nameCommonFolder({commonDir}: Context, path: string): Promise<void> {
  const file = join(path, '.git')
  const id = basename(((await plainText(file)) ?? '').trimEnd())
  await replaceFile(file, `gitdir: ${join(commonDir, 'worktrees', id)}\n`)
}

function otherBranch(options: {path: string; branch: string; found: string | null}): ClambakeError {
  const {path, branch, found} = options
  return new ClambakeError({
    code: 'worktree-other-work',
    message: `${path} holds ${found === null ? 'a detached HEAD' : `the branch ${found}`} and not ${branch}`,
    kept: 'it was not touched',
    next: `git -C ${path} switch ${branch} when its work is safe, or clambake recover`,
  })
}

/** Git locks a worktree with this reason while it makes it; a kill leaves the lock behind. */
export function isHalfMade(worktree: ListedWorktree): boolean {
  return worktree.lockReason === 'initializing'
}

async function checkBranchName(context: Context, branch: string): Promise<void> {
  const answer = await context.runner.git(['check-ref-format', '--branch', branch], {accept: [0, 1, 128, 129]})
  if (answer.exitCode === 0 && answer.stdout === branch && branch !== context.mainBranch && !branch.startsWith('-')) {
    return
  }
  throw new ClambakeError({
    code: 'bad-branch',
    message: `${JSON.stringify(branch)} cannot be an agent's branch`,
    next: 'set agents.branch in clambake.toml to something like {agent}/{issue}-{slug}',
  })
}

async function refuseTakenBranch(
  listed: readonly ListedWorktree[],
  {path, branch}: {path: string; branch: string},
): Promise<void> {
  const other = listed.find(worktree => worktree.branch === branch && worktree.path !== path)
  if (!other || !(await statOrNull(other.path))) return
  throw new ClambakeError({
    code: 'branch-checked-out',
    message: `the branch ${branch} is checked out in ${other.path}`,
    kept: 'it was not touched',
    next: `git worktree remove ${other.path} when its work is safe`,
  })
}

/** Makes sure that nothing at the place is lost: only nothing, an empty folder or a half-made worktree may be there. */
async function clearPlace(
  pins: Pins,
  {path, listed}: {path: string; listed: ListedWorktree | undefined},
): Promise<void> {
  // The folder was deleted from outside: what only its HEAD named would go with the entry.
  if (listed && !/^0*$/.test(listed.head)) await pins.keep({commit: listed.head, name: path})
  const stat = await statOrNull(path)
  if (!stat) return
  const entries = stat.isDirectory() ? await readdir(path) : null
  if (listed && isHalfMade(listed) && entries?.every(name => name === '.git')) {
    await rm(join(path, '.git'), {force: true})
    await rmdir(path)
    return
  }
  if (entries?.length === 0) return
  throw new ClambakeError({
    code: 'worktree-path-taken',
    message: `${path} is there already and is not a worktree of this repository`,
    kept: 'it was not touched',
    next: 'move it away, or set another agents.workspace_root in clambake.toml',
  })
}

/** Reuses a branch of the ticket's earlier claim; refuses one with other commits. */
async function ensureBranch(context: Context, {branch, base}: {branch: string; base: string}): Promise<void> {
  const {runner} = context
  const ref = `refs/heads/${branch}`
  const [start = null, here = null, pinned = null] = await resolveCommits(context, [base, ref, pinnedRef(branch)])
  if (start === null) {
    throw new ClambakeError({
      code: 'base-missing',
      message: `the commit ${base} to start from is not here`,
      next: 'git fetch',
    })
  }
  const tip = here ?? (await newerOf(context, await remoteTip(context, branch), pinned))
  if (tip !== null && tip !== start && !(await isAncestor(context, start, tip))) {
    // Without commits of its own the branch is only old.
    if (!(await isAncestor(context, tip, start))) throw otherCommits(context, {branch, base: start, tip})
    await runner.git(['update-ref', ref, start, here ?? ''])
    return
  }
  if (here !== null) return
  const made = await runner.git(['update-ref', ref, tip ?? start, ''], {accept: [0, 128]})
  if (made.exitCode === 0) return
  throw new ClambakeError({
    code: 'branch-refused',
    message: `the branch ${branch} cannot be created: ${lastLines(made.stderr)}`,
    next: 'rename the existing branch whose name is the beginning of this one, or the other way round',
  })
}

/**
 * A name for a new ticket's branch: the wanted one, or with a number behind it where that holds other commits, so that a
 * claim never ends at a branch that an earlier claim or a person left behind.
 */
export async function freeBranch(context: Context, {branch, base}: {branch: string; base: string}): Promise<string> {
  const {remoteName} = context
  for (let number = 1; number < MOST_NAMES; number++) {
    const name = number === 1 ? branch : `${branch}-${number}`
    const noted = [`refs/heads/${name}`, `refs/remotes/${remoteName}/${name}`, pinnedRef(name)]
    const [here = null, tracked = null, pinned = null] = await resolveCommits(context, noted)
    if (here === null && tracked === null && pinned === null) return name
    const tip = here ?? (await newerOf(context, tracked === null ? null : await remoteTip(context, name), pinned))
    if (tip === null || (await isAncestor(context, base, tip)) || (await isAncestor(context, tip, base))) return name
  }
  return branch
}

/** Of what the remote has of a branch and what was seen of it here, the one that has the other too. */
async function newerOf(context: Context, there: string | null, pinned: string | null): Promise<string | null> {
  if (there === null || pinned === null) return there ?? pinned
  return (await isAncestor(context, there, pinned)) ? pinned : there
}

function otherCommits(
  context: Context,
  {branch, base, tip}: {branch: string; base: string; tip: string},
): ClambakeError {
  return new ClambakeError({
    code: 'branch-other-work',
    message: `the branch ${branch} at ${shortSha(tip)} holds commits that do not start from ${shortSha(base)}`,
    kept: 'it was not touched',
    next: `rename or delete it, here and on ${context.remoteName}, when its work is safe; clambake recover shows it`,
  })
}

/** The branch's commit on the remote, fetched. */
async function remoteTip(context: Context, branch: string): Promise<string | null> {
  const doing = `look for ${branch}`
  const tip = (await context.refs.heads(doing)).get(branch) ?? null
  if (tip !== null && (await resolveCommit(context, tip)) === null) {
    await context.refs.fetch([`refs/heads/${branch}`], {doing})
  }
  return tip
}

/** Worktrees inside the main checkout must not show up in its status. */
async function excludeWorkspace(context: Context): Promise<void> {
  const inside = relative(context.root, context.workspaceRoot)
  if (inside === '' || inside.split(sep)[0] === '..') return
  const line = `/${inside.split(sep).join('/')}/`
  const file = join(context.commonDir, 'info', 'exclude')
  const found = await statOrNull(file)
  const text = found?.isFile() ? ((await plainText(file)) ?? '') : ''
  // Writing into a pipe or through a link would reach something else.
  if (found && !found.isFile()) await rm(file, {recursive: true})
  if (text.split('\n').includes(line)) return
  await mkdir(dirname(file), {recursive: true})
  await appendFile(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`)
}
