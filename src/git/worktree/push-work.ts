import {ClambakeError} from '../../base/errors.ts'
import {shortSha} from '../../base/words.ts'
import type {Claim} from '../../model/data/claim.ts'
import type {ClaimPatch} from '../../model/gateways/git.ts'
import {refuseCredentials} from '../commits/credentials.ts'
import {moveBranch, rewordCommits} from '../commits/reword.ts'
import {uploadLfs} from '../commits/upload-lfs.ts'
import {ancestry, type Context, isAncestor} from '../context.ts'
import type {Claims} from '../refs/claims.ts'
import type {Pins} from '../refs/pins.ts'
import type {RefUpdate} from '../refs/remote-refs.ts'
import {remoteRescueRef} from '../refs/rescue-refs.ts'
import {standOf} from './inspect.ts'
import {verifyWorktree} from './list.ts'

type PushWork = (options: {worktree: string; claim: Claim; head: string; patch: ClaimPatch}) => Promise<Claim>

/**
 * Pushes a ticket's commits and moves its claim in one atomic push, so that an owner whose claim was taken over
 * cannot push. Commits that a rewritten branch leaves behind go to a rescue ref in the same push.
 */
export function createPushWork(context: Context, claims: Claims, pins: Pins): PushWork {
  return async function pushWork({worktree, claim, head: inspected, patch}): Promise<Claim> {
    const {branch, issue} = claim.record
    const ref = `refs/heads/${branch}`
    const doing = `push ${branch}`
    const at = await verifyWorktree(context, worktree)
    const heads = await context.refs.heads(doing)
    const head = await rewordCommits(context, {head: inspected, issue, heads, doing})
    let found = await standOf(context, at)
    // An earlier try may have moved the branch already.
    if (found.head !== head) {
      checkHead({branch, head: inspected, found})
      await moveBranch(context, pins, {branch, from: inspected, to: head})
      found = await standOf(context, at)
    }
    checkHead({branch, head, found})

    const from = heads.get(branch) ?? null
    const rewritten = from !== null && from !== head && !(await isForward(context, {branch, from, head}))
    if (rewritten && from !== claim.record.head) throw branchMoved(branch, from)

    await refuseCredentials(context, {branch, head, onTop: rewritten ? null : from})
    await uploadLfs(context, {branch, head})
    const bump = await claims.prepareBump(claim, {...patch, head})
    const updates: RefUpdate[] = [bump.update]
    if (from !== head) updates.push({ref, from, to: head})
    if (rewritten) updates.push(await left(from, branch))
    const outcome = await claims.send(bump.claim, () => context.refs.push(updates, doing))
    if (outcome.state === 'moved') {
      const at = outcome.found.get(bump.update.ref)
      const own = claims.ownAt(at)
      if (own !== null && own.oid !== claim.oid) return pushWork({worktree, claim: own, head: inspected, patch})
      if (at !== claim.oid) throw await claims.lost(claim)
      throw branchMoved(branch, outcome.found.get(ref) ?? 'no commit')
    }
    // Git moves its own note of the remote only for pushes by the remote's name.
    await context.runner.git(['update-ref', `refs/remotes/${context.remoteName}/${branch}`, head])
    return bump.claim
  }

  async function left(commit: string, branch: string): Promise<RefUpdate> {
    const local = pins.refFor({commit, name: branch})
    await context.runner.git(['update-ref', local, commit])
    return {ref: remoteRescueRef(local, await context.records.namespace()), from: null, to: commit}
  }
}

/** Whether the push only adds to what the remote has. */
async function isForward(
  context: Context,
  {branch, from, head}: {branch: string; from: string; head: string},
): Promise<boolean> {
  const known = await ancestry(context, from, head)
  if (known !== null) return known
  await context.refs.fetch([`refs/heads/${branch}`], {doing: `compare ${branch}`})
  return isAncestor(context, from, head)
}

function checkHead(options: {branch: string; head: string; found: {branch: string | null; head: string}}): void {
  const {branch, head, found} = options
  if (found.branch === branch && found.head === head) return
  throw new ClambakeError({
    code: 'head-moved',
    message:
      found.branch === branch
        ? `${branch} moved from ${shortSha(head)} to ${shortSha(found.head)} before it was pushed`
        : `the worktree of ${branch} is on ${found.branch ?? 'a detached HEAD'}`,
    kept: 'its commits are untouched and nothing was pushed',
    next: 'nothing to do: Clambake inspects it again',
  })
}

function branchMoved(branch: string, found: string): ClambakeError {
  return new ClambakeError({
    code: 'branch-moved',
    message: `someone else pushed to ${branch}: it is at ${shortSha(found)} on the remote`,
    kept: 'no commit was changed, and nothing was pushed',
    next: `merge or rebase it in the worktree: git pull origin ${branch}`,
  })
}
