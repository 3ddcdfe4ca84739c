import {basename} from 'node:path'
import {hasCode} from '../../base/errors.ts'
import type {Rescue} from '../../model/gateways/git.ts'
import type {Context} from '../context.ts'
import {type Pins, unreached} from '../refs/pins.ts'
import {dirtyPaths, headOf} from './inspect.ts'
import {type VerifiedWorktree, verifyAnyWorktree, verifyWorktree} from './list.ts'
import {findNested, type NestedRepository} from './nested.ts'
import {rescueNested} from './rescue-nested.ts'
import {forgotten, rescueOwn} from './rescue-own.ts'
import {hiddenPaths, ignoredWork} from './snapshot.ts'

/** Saves all of a worktree: what is its own in one ref, each repository and worktree inside it in another. */
export async function rescue(
  context: Context,
  pins: Pins,
  {worktree, reason}: {worktree: string; reason: string},
): Promise<Rescue> {
  const at = await verifyWorktree(context, worktree)
  const nested = await rescueInside(context, pins, {at, reason})
  return {...(await rescueOwn(context, pins, {at, reason})), nested}
}

/** Saves what is inside a worktree and not its own: other repositories, and worktrees of this one. Gives the refs. */
export async function rescueInside(
  context: Context,
  pins: Pins,
  {at, reason}: {at: VerifiedWorktree; reason: string},
): Promise<string[]> {
  const refs: string[] = []
  const repositories: NestedRepository[] = []
  for (const nested of await findNested(at)) {
    const inner = await worktreeOf(context, nested)
    if (inner === null) repositories.push(nested)
    else if (await hasMore(context, inner)) {
      const saved = await rescueOwn(context, pins, {
        at: inner,
        name: at.path,
        reason: `${reason}, inside ${basename(at.path)}`,
      })
      refs.push(saved.ref)
    }
  }
  return [...refs, ...(await rescueNested(context, pins, {at, repositories, reason}))]
}

/** The worktree of this very clone that a nested repository is: its commits are here, its HEAD and index go with it. */
async function worktreeOf(context: Context, {gitDir, workTree}: NestedRepository): Promise<VerifiedWorktree | null> {
  if (gitDir !== null || workTree === null) return null
  try {
    return await verifyAnyWorktree(context, workTree)
  } catch (error) {
    if (hasCode(error, 'worktree-foreign')) return null
    throw error
  }
}

/** Whether a worktree has anything that no ref has. */
async function hasMore(context: Context, at: VerifiedWorktree): Promise<boolean> {
  const head = await headOf(context, at)
  return (
    (await context.runner.read(unreached(head))) !== '' ||
    (await dirtyPaths(context, at)).length > 0 ||
    (await ignoredWork(context, at)).length > 0 ||
    (await hiddenPaths(context, at)).length > 0 ||
    (await forgotten(context, at)).length > 0
  )
}
