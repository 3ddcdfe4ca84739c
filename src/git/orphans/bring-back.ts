import {readdir} from 'node:fs/promises'
import {ClambakeError} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import {shortSha} from '../../base/words.ts'
import type {UndoPart, WorktreePart} from '../../model/data/recovery/undo.ts'
import {type Context, resolveCommit} from '../context.ts'
import type {LocalRecords} from '../refs/local-records.ts'
import type {Pins} from '../refs/pins.ts'
import {remoteRescueRef} from '../refs/rescue-refs.ts'
import {type EnsureWorktree, isHalfMade} from '../worktree/ensure.ts'
import {listWorktrees, verifyWorktree} from '../worktree/list.ts'
import {rescue} from '../worktree/rescue.ts'
import {listStashes, storeStash} from '../worktree/stashes.ts'
import {writeAsRescued} from './restore.ts'

type Parts = {ensureWorktree: EnsureWorktree; pins: Pins; records: LocalRecords}

/** Brings one part of an undone step back. What has its name by now stays as it is, and is named. Safe to repeat. */
export async function bringBack(context: Context, parts: Parts, part: UndoPart): Promise<string> {
  switch (part.do) {
    case 'branch':
      return branch(context, part)
    case 'worktree':
      return worktree(context, parts, part)
    case 'stash':
      if ((await listStashes(context)).some(({oid}) => oid === part.oid)) return `the stash ${part.oid} is there`
      await storeStash(context, part)
      return `the stash ${shortSha(part.oid)} is back, on top of the list`
    case 'ref':
      return ref(context, part)
    case 'choice':
      await parts.records.forget(part.key)
      return `${part.key.split(' ')[1]} is proposed again`
    case 'ticket':
    case 'pull':
      throw new ClambakeError({code: 'internal', message: `git brings no ${part.do} back`})
  }
}

async function branch(
  context: Context,
  {branch, oid, here, remote}: Extract<UndoPart, {do: 'branch'}>,
): Promise<string> {
  const ref = `refs/heads/${branch}`
  const said: string[] = []
  if (here) {
    const found = await resolveCommit(context, ref)
    if (found === null) await context.runner.git(['update-ref', ref, oid, ''])
    said.push(placed(found, oid, 'here'))
  }
  if (remote) {
    const doing = `bring ${branch} back`
    const found = (await context.refs.heads(doing)).get(branch) ?? null
    if (found === null) {
      await context.refs.push([{ref, from: null, to: oid}], doing)
      await context.runner.git(['update-ref', `refs/remotes/${context.remoteName}/${branch}`, oid])
    }
    said.push(placed(found, oid, `on ${context.remoteName}`))
  }
  return `${branch} is ${said.join(', ')}`
}

function placed(found: string | null, oid: string, where: string): string {
  if (found === null) return `back ${where}`
  return found === oid
    ? `${where} as before`
    : `${where} at ${shortSha(found)} by now; the earlier ${shortSha(oid)} stays in its rescue ref`
}

async function worktree(context: Context, {ensureWorktree, pins, records}: Parts, part: WorktreePart): Promise<string> {
  const {path, branch, head, rescue: files, begun = false} = part
  const isThere = (await statOrNull(path)) !== null
  if (isThere && !(begun && (await isHalfBack(context, part)))) return `${path} is there already and stays as it is`
  const ref = `refs/heads/${branch}`
  const found = await resolveCommit(context, ref)
  if (found === null) await context.runner.git(['update-ref', ref, head, ''])
  else if (found !== head) {
    return `${path} does not come back: ${branch} is at ${shortSha(found)} by now; its work stays in its rescue ref`
  }
  await records.noteBegun(part)
  await ensureWorktree({path, branch, base: head})
  await context.checkpoint('worktree:made')
  // What was changed in it since the undo was killed is kept too.
  const saved = isThere ? await rescue(context, pins, {worktree: path, reason: 'before an undo was repeated'}) : null
  if (files !== null) await bringFilesBack(context, {path, head, files})
  await records.noteBack(part)
  const before = saved ? `; what was there is in ${saved.ref}` : ''
  return `${path} is back${files === null ? '' : ' with its files'}${before}`
}

/** Whether what is at the place of a worktree is what an undo began to make: on its branch and commit, or nothing yet. */
async function isHalfBack(context: Context, {path, branch, head}: WorktreePart): Promise<boolean> {
  const listed = (await listWorktrees(context)).find(worktree => worktree.path === path)
  if (!listed) return (await readdir(path)).length === 0
  return isHalfMade(listed) || (listed.branch === branch && listed.head === head)
}

/** Makes the files of a new worktree what they are in its rescue. Nothing is overwritten but what its commit has. */
async function bringFilesBack(
  context: Context,
  {path, head, files}: {path: string; head: string; files: string},
): Promise<void> {
  const at = await verifyWorktree(context, path)
  const parents = (await context.runner.read(['log', '-1', '--format=%P', files, '--'])).trim().split(' ')
  await context.runner.git(['read-tree', '--reset', '-u', files], {at})
  await writeAsRescued(context, {folder: path, head, rescue: files})
  await context.checkpoint('files:back')
  await context.runner.git(['read-tree', '--reset', parents[1] ?? head], {at})
}

async function ref(context: Context, {ref, oid, remote}: Extract<UndoPart, {do: 'ref'}>): Promise<string> {
  const found = await resolveCommit(context, ref)
  if (found === null) await context.runner.git(['update-ref', ref, oid, ''])
  if (!remote) return `${ref} is ${found === null ? 'back' : 'there'}`
  const there = remoteRescueRef(ref, await context.records.namespace())
  const doing = 'bring a rescue back'
  if (!(await context.refs.list([there], doing)).has(there)) {
    await context.refs.push([{ref: there, from: null, to: oid}], doing)
  }
  return `${ref} is ${found === null ? 'back' : 'there'}, and on ${context.remoteName}`
}
