import {join} from 'node:path'
import {plainText} from '../../base/files.ts'
import type {Rescue} from '../../model/gateways/git.ts'
import {type Context, mainRef, presentCommits} from '../context.ts'
import type {Pins} from '../refs/pins.ts'
import {rescuesOf, saveRescue} from '../refs/rescue-refs.ts'
import {branchOf, headOf} from './inspect.ts'
import {type VerifiedWorktree, verifyWorktree} from './list.ts'
import {takeSnapshot} from './snapshot.ts'

/**
 * Saves all of a worktree in one ref, here and on the remote. The ref's commit has the files as its tree; its parents
 * are HEAD, a commit of the index, and every commit that only the worktree's own history still names.
 */
export async function rescue(
  context: Context,
  pins: Pins,
  options: {worktree: string; reason: string},
): Promise<Rescue> {
  const at = await verifyWorktree(context, options.worktree)
  const [head, branch] = await Promise.all([headOf(context, at), branchOf(context, at)])
  const {indexTree, filesTree, files} = await takeSnapshot(context, at)
  const others = await forgotten(context, at)
  const commits = Number(await context.runner.read(['rev-list', '--count', head, `^${mainRef(context)}`, '--']))

  const existing = await sameRescue(context, {worktree: at.path, head, indexTree, filesTree, others})
  const oid = existing?.oid ?? (await write())
  const ref = existing?.ref ?? pins.refFor({commit: oid, name: at.path})
  await saveRescue(context, {ref, oid})
  context.log.info('work rescued', {ref, oid, commits, files: files.length})
  return {ref, oid, commits, files: files.length}

  async function write(): Promise<string> {
    const index = await commitTree(context, {tree: indexTree, parents: [head], message: 'index'})
    const record = {version: 1, worktree: at.path, branch, head, reason: options.reason, files: files.length}
    const subject = `rescue of ${branch ?? 'a detached HEAD'}: ${options.reason.replace(/\s+/g, ' ')}`
    return commitTree(context, {
      tree: filesTree,
      parents: [head, index, ...others],
      message: `${subject}\n\n${JSON.stringify(record, null, 2)}`,
    })
  }
}

/** Commits that nothing but the worktree's own log or an unfinished operation names: amended, reset, half-merged. */
export async function forgotten(context: Context, at: VerifiedWorktree): Promise<string[]> {
  const lines = ((await plainText(join(at.gitDir, 'logs', 'HEAD'))) ?? '').split('\n')
  const named = lines.flatMap(line => line.split(' ')[1] ?? [])
  for (const name of ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD', 'ORIG_HEAD']) {
    named.push(...((await plainText(join(at.gitDir, name))) ?? '').split('\n'))
  }
  const here = await presentCommits(context, new Set(named.filter(oid => /^[0-9a-f]{40,64}$/.test(oid))))
  if (here.length === 0) return []
  const unreached = await context.runner.text(['rev-list', '--stdin', '--not', '--all', 'HEAD'], {
    at,
    input: here.join('\n'),
  })
  const commits = unreached.split('\n').filter(Boolean)
  if (commits.length < 2) return commits
  return (await context.runner.text(['merge-base', '--independent', ...commits])).split('\n').filter(Boolean)
}

/** A rescue of exactly this state from an earlier try. Index commits differ by their time, so their trees count. */
async function sameRescue(
  context: Context,
  wanted: {worktree: string; head: string; indexTree: string; filesTree: string; others: readonly string[]},
): Promise<{ref: string; oid: string} | undefined> {
  for (const found of (await rescuesOf(context, wanted.worktree)).slice(0, 3)) {
    const {tree, parents} = await shapeOf(context, found.oid)
    const [head, index, ...others] = parents
    if (tree !== wanted.filesTree || head !== wanted.head || index === undefined) continue
    if (!wanted.others.every(parent => others.includes(parent))) continue
    if ((await shapeOf(context, index)).tree === wanted.indexTree) return found
  }
  return undefined
}

async function shapeOf(context: Context, commit: string): Promise<{tree: string; parents: string[]}> {
  const text = await context.runner.read(['log', '-1', '--format=%T %P', commit, '--'])
  const [tree = '', ...parents] = text.trim().split(' ')
  return {tree, parents}
}

async function commitTree(
  context: Context,
  options: {tree: string; parents: readonly string[]; message: string},
): Promise<string> {
  const {tree, parents, message} = options
  return context.runner.text(
    ['commit-tree', '--no-gpg-sign', '-F', '-', ...parents.flatMap(parent => ['-p', parent]), tree],
    {input: `${message}\n`},
  )
}
