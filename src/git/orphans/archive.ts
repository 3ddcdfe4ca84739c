import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {ClambakeError} from '../../base/errors.ts'
import {plainText, statOrNull} from '../../base/files.ts'
import type {OrphanFacts} from '../../model/data/recovery/orphan.ts'
import type {UndoPart} from '../../model/data/recovery/undo.ts'
import {type Context, isAncestor, mainRef, resolveCommit} from '../context.ts'
import type {Pins} from '../refs/pins.ts'
import {rescuesOf, saveRescue} from '../refs/rescue-refs.ts'
import {listWorktrees} from '../worktree/list.ts'
import {removeWorktree} from '../worktree/remove.ts'
import {rescue} from '../worktree/rescue.ts'
import {dropStash, listStashes} from '../worktree/stashes.ts'

/** The refs that keep it. */
export type Archived = {kept: readonly string[]}

type Archiving = {
  orphan: OrphanFacts
  /** Called once everything is in durable refs, before the first deletion, with what brings it back. */
  note: (parts: readonly UndoPart[]) => Promise<void>
}

/**
 * Puts work away: its commits and files go into durable refs first, then branch, worktree or stash is removed. Safe to
 * repeat after a kill.
 */
export async function archive(context: Context, pins: Pins, {orphan, note}: Archiving): Promise<Archived> {
  switch (orphan.kind) {
    case 'worktree':
      return archiveWorktree(context, pins, {orphan, note})
    case 'branch':
      return archiveBranch(context, pins, {branch: orphan.name, note})
    case 'stash':
      return archiveStash(context, pins, {orphan, note})
    case 'commit':
    case 'pull':
      return {kept: [await keep(context, pins, {commit: headOf(orphan), name: orphan.branch ?? orphan.name})]}
    case 'rescue':
      return {kept: [orphan.name]}
    case 'claim':
      throw new ClambakeError({
        code: 'not-archivable',
        message: `${orphan.name} is a claim, which holds no work of its own`,
        kept: 'nothing was changed',
        next: `clambake recover ${orphan.issue ?? orphan.name} takes it over`,
      })
  }
}

function headOf({head, name}: OrphanFacts): string {
  if (head !== null) return head
  throw new ClambakeError({
    code: 'no-orphan',
    message: `${name} names no commit here`,
    kept: 'nothing was changed',
    next: 'clambake recover --scan-all lists what there is',
  })
}

/** A rescue ref of this very commit, found or made. */
async function keep(
  context: Context,
  pins: Pins,
  {commit, name, share = false}: {commit: string; name: string; share?: boolean},
): Promise<string> {
  const known = (await rescuesOf(context, name)).find(({oid}) => oid === commit)?.ref
  const ref = known ?? pins.refFor({commit, name})
  await saveRescue(context, {ref, oid: commit, share})
  return ref
}

async function archiveBranch(
  context: Context,
  pins: Pins,
  {branch, note}: {branch: string} & Pick<Archiving, 'note'>,
): Promise<Archived> {
  const {runner, refs, remoteName, mainBranch} = context
  if (branch === mainBranch) throw refused(branch, 'it is the branch that work lands on')
  const doing = `archive ${branch}`
  const here = await resolveCommit(context, `refs/heads/${branch}`)
  const there = (await refs.heads(doing)).get(branch) ?? null
  const place = here === null ? null : await checkedOutAt(context, branch)
  if (place !== null) throw refused(branch, `it is checked out in ${place}`)
  if (here !== null && (await isBeingRebased(context, branch))) throw refused(branch, 'it is being rebased or bisected')
  if (there !== null && (await resolveCommit(context, there)) === null) {
    await refs.fetch([`refs/heads/${branch}`], {doing})
  }
  const kept: string[] = []
  // What was on the remote stays there too, under another name.
  const isOnMain = (commit: string) => isAncestor(context, commit, mainRef(context))
  if (there !== null && !(await isOnMain(there))) {
    kept.push(await keep(context, pins, {commit: there, name: branch, share: true}))
  }
  if (here !== null && here !== there && !(await isOnMain(here))) {
    kept.push(await keep(context, pins, {commit: here, name: branch}))
  }
  await note([
    ...(here === null ? [] : [{do: 'branch', branch, oid: here, here: true, remote: here === there} as const]),
    ...(there === null || there === here
      ? []
      : [{do: 'branch', branch, oid: there, here: false, remote: true} as const]),
  ])
  await context.checkpoint('archive:kept')
  if (there !== null) {
    const outcome = await refs.push([{ref: `refs/heads/${branch}`, from: there, to: null}], doing)
    if (outcome.state === 'moved' && outcome.found.has(`refs/heads/${branch}`)) {
      throw refused(branch, `it moved on ${remoteName} a moment ago`)
    }
    const tracking = `refs/remotes/${remoteName}/${branch}`
    if ((await resolveCommit(context, tracking)) === there) await runner.git(['update-ref', '-d', tracking, there])
  }
  await context.checkpoint('archive:remote-deleted')
  if (here !== null) await runner.git(['update-ref', '-d', `refs/heads/${branch}`, here])
  return {kept}
}

/** The main checkout or a worktree that is on the branch. */
async function checkedOutAt(context: Context, branch: string): Promise<string | null> {
  const own = await context.runner.git(['symbolic-ref', '--quiet', 'HEAD'], {accept: [0, 1]})
  if (own.stdout === `refs/heads/${branch}`) return context.root
  return (await listWorktrees(context)).find(worktree => worktree.branch === branch)?.path ?? null
}

/** Whether a checkout's unfinished rebase or bisect goes back to the branch; git could not end it without the branch. */
async function isBeingRebased({commonDir}: Context, branch: string): Promise<boolean> {
  const linked = join(commonDir, 'worktrees')
  const names = (await statOrNull(linked)) ? await readdir(linked) : []
  for (const folder of [commonDir, ...names.map(name => join(linked, name))]) {
    for (const file of ['rebase-merge/head-name', 'rebase-apply/head-name', 'BISECT_START']) {
      const name = (await plainText(join(folder, file)))?.trim()
      if (name === branch || name === `refs/heads/${branch}`) return true
    }
  }
  return false
}

function refused(branch: string, why: string): ClambakeError {
  return new ClambakeError({
    code: 'not-archivable',
    message: `${branch} is not archived: ${why}`,
    kept: 'the branch as it is',
    next: 'clambake recover --scan lists what can be archived',
  })
}

async function archiveWorktree(context: Context, pins: Pins, {orphan, note}: Archiving): Promise<Archived> {
  const {name: path, branch} = orphan
  const exists = (await listWorktrees(context)).some(worktree => worktree.path === path && !worktree.prunable)
  const saved = exists ? await rescue(context, pins, {worktree: path, reason: 'archived by a person'}) : null
  const head = orphan.head
  const parts: readonly UndoPart[] =
    branch === null || head === null ? [] : [{do: 'worktree', path, branch, head, rescue: saved?.oid ?? null}]
  // Removing the worktree takes these off the list.
  const stashes = branch === null ? [] : (await listStashes(context)).filter(stash => stash.branch === branch)
  await note([...parts, ...stashes.map(({oid, message}) => ({do: 'stash', oid, message}) as const)])
  const more = await removeWorktree(context, pins, {path, branch: branch ?? '', landed: null})
  const kept = [...(saved ? [saved.ref, ...saved.nested] : []), ...more]
  if (branch === null) return {kept: [...new Set(kept)]}
  const rest = await archiveBranch(context, pins, {branch, note})
  return {kept: [...new Set([...kept, ...rest.kept])]}
}

async function archiveStash(context: Context, pins: Pins, {orphan, note}: Archiving): Promise<Archived> {
  const oid = headOf(orphan)
  const ref = await keep(context, pins, {commit: oid, name: orphan.branch ?? 'stash'})
  const message = (await listStashes(context)).find(stash => stash.oid === oid)?.message
  if (message !== undefined) await note([{do: 'stash', oid, message}])
  await dropStash(context, oid)
  return {kept: [ref]}
}
