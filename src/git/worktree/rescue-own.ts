import {hasCode, messageOf} from '../../base/errors.ts'
import type {Rescue} from '../../model/gateways/git.ts'
import {ALL_REFS} from '../command/hardening.ts'
import {bringsSecret} from '../commits/credentials.ts'
import {type Context, commitTree, mainRef, presentCommits} from '../context.ts'
import {type Pins, UNDO_REF} from '../refs/pins.ts'
import {recordText} from '../refs/record-text.ts'
import {rescuesOf, saveRescue} from '../refs/rescue-refs.ts'
import {headOf, PLAIN_DIFF, standOf} from './inspect.ts'
import type {VerifiedWorktree} from './list.ts'
import {idsNamedBy} from './nested.ts'
import {takeSnapshot} from './snapshot.ts'

/**
 * Saves what is a worktree's own in a ref here, and what may leave this machine in a ref on the remote too: the same one,
 * unless there are ignored files or secrets. The ref's commit has the files as its tree; its parents are HEAD, a commit
 * of the index, and every commit that only the worktree's own history still names. `name`: what the ref is named by.
 * Objects that a loss of power damaged are written again from the files.
 */
export async function rescueOwn(context: Context, pins: Pins, options: Options): Promise<Omit<Rescue, 'nested'>> {
  try {
    return await rescueOnce(context, pins, options)
  } catch (error) {
    // What was damaged was put aside, so that it is written this time.
    if (!hasCode(error, 'rescue-damaged')) throw error
    return await rescueOnce(context, pins, options)
  }
}

type Options = {at: VerifiedWorktree; reason: string; name?: string}

async function rescueOnce(
  context: Context,
  pins: Pins,
  {at, reason, name = at.path}: Options,
): Promise<Omit<Rescue, 'nested'>> {
  const {head, branch} = await standOf(context, at)
  const snapshot = await takeSnapshot(context, at, {toShare: true})
  const {indexTree, filesTree, sharedTree, sharedIndexTree, headTree, files} = snapshot
  const others = await forgotten(context, at)
  const commits = Number(await context.runner.read(['rev-list', '--count', head, `^${mainRef(context)}`, '--']))

  const whole = await saved({filesTree, indexTree})
  const isWhole = sharedTree === filesTree && sharedIndexTree === indexTree
  const isNothing = !isWhole && sharedTree === headTree && sharedIndexTree === headTree && others.length + commits === 0
  const mayLeave = !isNothing && !(await hasSecretCommits(context, [head, ...others]))
  await saveRescue(context, {...whole, share: isWhole && mayLeave})
  const shared = !mayLeave ? null : isWhole ? whole : await saved({filesTree: sharedTree, indexTree: sharedIndexTree})
  if (shared && !isWhole) await saveRescue(context, {...shared, share: true})
  context.log.info('work rescued', {...whole, commits, files: files.length, shared: shared?.ref ?? null})
  return {...whole, commits, files: files.length, shared: shared?.ref ?? null}

  /** The rescue of these trees, of an earlier try or a new one. */
  async function saved(trees: {filesTree: string; indexTree: string}): Promise<{ref: string; oid: string}> {
    const existing = await sameRescue(context, {name, head, ...trees, others})
    if (existing) return existing
    const oid = await write(trees)
    return {ref: pins.refFor({commit: oid, name}), oid}
  }

  async function write(trees: {filesTree: string; indexTree: string}): Promise<string> {
    const index = await commitTree(context, {tree: trees.indexTree, parents: [head], message: 'index'})
    const record = {version: 1, worktree: at.path, branch, head, reason, files: files.length}
    const subject = `rescue of ${branch ?? 'a detached HEAD'}: ${reason}`
    return commitTree(context, {
      tree: trees.filesTree,
      parents: [head, index, ...others],
      message: recordText(subject, record),
    })
  }
}

/** Whether commits that main has not bring a secret. Those that are too many to look at count as if they did. */
async function hasSecretCommits(context: Context, tips: readonly string[]): Promise<boolean> {
  const log = ['log', ...PLAIN_DIFF, '--text', '-p', '-U0', '-m', '--format=%B', ...tips, `^${mainRef(context)}`, '--']
  try {
    return await bringsSecret(await context.runner.text(log))
  } catch (error) {
    context.log.warn('commits could not be searched for secrets, so their rescue stays here', {error: messageOf(error)})
    return true
  }
}

/** Commits that nothing but the worktree's own git folder names: its log, refs of its own, an unfinished operation. */
export async function forgotten(context: Context, at: VerifiedWorktree): Promise<string[]> {
  const {all: named} = await idsNamedBy(at.gitDir)
  const here = await presentCommits(context, named)
  if (here.length === 0) return []
  // Asked in the clone: seen from the worktree, refs of its own would count among all refs.
  const others = ['--not', `--exclude=${UNDO_REF}`, ...ALL_REFS, await headOf(context, at)]
  const unreached = await context.runner.text(['rev-list', '--stdin', ...others], {
    input: here.join('\n'),
  })
  const commits = unreached.split('\n').filter(Boolean)
  if (commits.length < 2) return commits
  return (await context.runner.text(['merge-base', '--independent', ...commits])).split('\n').filter(Boolean)
}

/** A rescue of exactly this state from an earlier try. Index commits differ by their time, so their trees count. */
async function sameRescue(
  context: Context,
  wanted: {name: string; head: string; indexTree: string; filesTree: string; others: readonly string[]},
): Promise<{ref: string; oid: string} | undefined> {
  for (const found of (await rescuesOf(context, wanted.name)).slice(0, 6)) {
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
