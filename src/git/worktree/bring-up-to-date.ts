import {ClambakeError, hasCode} from '../../base/errors.ts'
import type {Updated} from '../../model/gateways/git.ts'
import {makeCommit, wordsOf} from '../commits/remake.ts'
import {type Context, isAncestor} from '../context.ts'
import type {Pins} from '../refs/pins.ts'
import type {EnsureWorktree} from './ensure.ts'
import {isInTheWay, removeHalfMoved} from './half-moved.ts'
import {type VerifiedWorktree, verifyWorktree} from './list.ts'
import {rescue} from './rescue.ts'

export type BringUpToDate = (options: {
  worktree: string
  branch: string
  head: string
  main: string
  linear: boolean
}) => Promise<Updated>

/**
 * Brings a pushed branch up to date with main in its worktree, without pushing it: by a merge, or where the history has
 * to be linear by making its commits again on top of main. The trees are made without the worktree, which then only
 * moves forward. Done twice, or again after a kill, it ends at the same place. Throws `head-moved` when the worktree
 * holds other work.
 */
export function createBringUpToDate(context: Context, pins: Pins, ensureWorktree: EnsureWorktree): BringUpToDate {
  return async ({worktree, branch, head, main, linear}) => {
    // The worktree may have been deleted since the work was pushed.
    const {head: found} = await ensureWorktree({path: worktree, branch, base: head})
    const at = await verifyWorktree(context, worktree)
    if (await isAncestor(context, main, found)) return {head: found}
    if (found !== head) throw headMoved(branch, head, found)
    const made = linear ? await replay(context, {head, main}) : await mergeMain(context, {head, main, branch})
    if (made.conflicts !== null) return {conflicts: made.conflicts}
    await moveTo(context, pins, {at, from: head, to: made.head})
    return {head: made.head}
  }
}

/** Moves a worktree forward to what a person pushed on top of it; `from`: what was pushed from it last. */
export function createFollowPush(context: Context, pins: Pins, ensureWorktree: EnsureWorktree) {
  return async (options: {worktree: string; branch: string; from: string; to: string}): Promise<void> => {
    const {worktree, branch, from, to} = options
    const {head: found} = await ensureWorktree({path: worktree, branch, base: from})
    const at = await verifyWorktree(context, worktree)
    if (found === to) return
    if (found !== from || !(await isAncestor(context, from, to))) throw headMoved(branch, to, found)
    await moveTo(context, pins, {at, from, to})
  }
}

type Made = {head: string; conflicts: null} | {conflicts: readonly string[]}

async function mergeMain(
  context: Context,
  {head, main, branch}: {head: string; main: string; branch: string},
): Promise<Made> {
  const merged = await mergeTree(context, head, main)
  if (merged.conflicts !== null) return merged
  const message = `Merge ${context.mainBranch} into ${branch}\n`
  return {head: await makeCommit(context, {tree: merged.tree, parents: [head, main], message}), conflicts: null}
}

/** Each commit again on top of main, authors and messages kept; merge commits bring nothing of their own. */
async function replay(context: Context, {head, main}: {head: string; main: string}): Promise<Made> {
  const {runner} = context
  const list = await runner.text(['rev-list', '--reverse', '--topo-order', '--no-merges', `${main}..${head}`])
  let tip = main
  for (const picked of list.split('\n').filter(Boolean)) {
    const [parent, tipTree] = await Promise.all([
      runner.text(['rev-parse', '--verify', `${picked}^`]),
      runner.text(['rev-parse', '--verify', `${tip}^{tree}`]),
    ])
    // merge-tree finds its own merge base: a commit with the tip's tree and the picked one's parent gives the right one.
    const stand = await makeCommit(context, {tree: tipTree, parents: [parent], message: ''})
    const merged = await mergeTree(context, stand, picked)
    if (merged.conflicts !== null) return merged
    const {message, author} = await wordsOf(context, picked)
    tip = await makeCommit(context, {tree: merged.tree, parents: [tip], message, env: author})
  }
  return {head: tip, conflicts: null}
}

async function mergeTree(
  {runner}: Context,
  ours: string,
  theirs: string,
): Promise<{tree: string; conflicts: null} | {conflicts: readonly string[]}> {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', ours, theirs]
  const {exitCode, stdout} = await runner.git(args, {accept: [0, 1]})
  const [tree = '', ...paths] = stdout.split('\0').filter(Boolean)
  return exitCode === 0 ? {tree: tree.trim(), conflicts: null} : {conflicts: [...new Set(paths)]}
}

/**
 * Moves branch, index and files. A file that was changed meanwhile refuses it. Ignored files in the place of new ones are
 * overwritten, so all that is in no commit goes into a rescue ref first.
 */
async function moveTo(
  context: Context,
  pins: Pins,
  {at, from, to}: {at: VerifiedWorktree; from: string; to: string},
): Promise<void> {
  const {runner} = context
  const args = ['read-tree', '-m', '-u', from, to]
  if (await isInTheWay(context, {at, from, to})) {
    await rescue(context, pins, {worktree: at.path, reason: `${context.mainBranch} has files in the place of others`})
  }
  try {
    await runner.git(args, {at})
  } catch (error) {
    // A git that was killed on this way left files that this one takes for an agent's.
    if (!hasCode(error, 'git-failed') || (await removeHalfMoved(context, {at, from, to})) === 0) throw error
    await runner.git(args, {at})
  }
  await runner.git(['update-ref', '-m', 'clambake: moved forward', 'HEAD', to, from], {at})
}

function headMoved(branch: string, head: string, found: string): ClambakeError {
  return new ClambakeError({
    code: 'head-moved',
    message: `${branch} was pushed at ${head.slice(0, 12)}, but its worktree is at ${found.slice(0, 12)}`,
    kept: 'its commits are untouched and nothing was pushed',
    next: 'look at the worktree; clambake bottle pushes what it holds',
  })
}
