import {ClambakeError} from '../../base/errors.ts'
import type {OrphanFacts} from '../../model/data/recovery/orphan.ts'
import {type Context, commitTree, resolveCommit} from '../context.ts'
import {remoteRescueRef} from '../refs/rescue-refs.ts'
import {withIndex} from './with-index.ts'

/**
 * Makes a branch of work that is on none: a stash, a commit, a rescue or a closed pull request. What may not leave this
 * machine never gets into it. Gives the branch; the same work gives the same one.
 */
export async function branchFrom(context: Context, orphan: OrphanFacts): Promise<string> {
  const {kind, name, issue} = orphan
  const source = kind === 'pull' ? await pullHead(context, name) : orphan.head
  if (source === null) throw noCommit(name)
  const commit =
    kind === 'stash'
      ? await ofStash(context, source)
      : kind === 'rescue'
        ? await ofRescue(context, {ref: name, oid: source})
        : source
  const branch = `recovered/${issue === null ? '' : `${issue}-`}${source.slice(0, 12)}`
  const ref = `refs/heads/${branch}`
  if ((await resolveCommit(context, ref)) === null) await context.runner.git(['update-ref', ref, commit, ''])
  return branch
}

/** The last commit of a pull request, which GitHub keeps though its branch is deleted. */
export async function pullHead(context: Context, name: string): Promise<string> {
  const ref = `refs/${name.replace('-', '/')}/head`
  const doing = `read ${name}`
  const oid = (await context.refs.list([ref], doing)).get(ref)
  if (oid === undefined) throw noCommit(name)
  if ((await resolveCommit(context, oid)) === null) await context.refs.fetch([ref], {doing})
  return oid
}

/** A stash as a plain commit on what it was made on, with its untracked files. */
async function ofStash(context: Context, oid: string): Promise<string> {
  const [base, , untracked] = await parentsOf(context, oid)
  if (base === undefined) throw noCommit(oid)
  const tree = await withIndex(context, async env => {
    await context.runner.git(['read-tree', oid], {env})
    if (untracked !== undefined) {
      // As bytes: two names that are no text would become one name.
      const files = await context.runner.bytes(['ls-tree', '-r', '-z', '--full-tree', untracked])
      await context.runner.git(['update-index', '-z', '--index-info'], {env, input: files})
    }
    return context.runner.text(['write-tree'], {env})
  })
  const message = (await context.runner.read(['log', '-1', '--format=%s', oid, '--'])).trim()
  return commitTree(context, {tree, parents: [base], message: `Stashed work: ${message}`})
}

/** A rescue as a plain commit on the commit that its worktree was at. */
async function ofRescue(context: Context, {ref, oid}: {ref: string; oid: string}): Promise<string> {
  const remote = remoteRescueRef(ref, await context.records.namespace())
  if ((await context.refs.list([remote], 'look for a rescue')).get(remote) !== oid) {
    throw new ClambakeError({
      code: 'rescue-stays-here',
      message: `${ref} holds ignored files, secrets or a whole repository, so it does not leave this machine`,
      kept: 'the rescue as it is',
      next: `clambake recover --restore ${ref} gets its files; clambake recover --list-rescues shows the shared ones`,
    })
  }
  const [head] = await parentsOf(context, oid)
  // A commit that was kept as it is has no record in its message.
  const message = await context.runner.read(['log', '-1', '--format=%B', oid, '--'])
  if (head === undefined || !/^rescue of /.test(message)) return oid
  const trees = await context.runner.text(['rev-parse', `${oid}^{tree}`, `${head}^{tree}`])
  const [tree = '', headTree] = trees.split('\n')
  if (tree === headTree) return head
  return commitTree(context, {tree, parents: [head], message: 'Rescued work that was not committed'})
}

async function parentsOf(context: Context, oid: string): Promise<string[]> {
  return (await context.runner.read(['log', '-1', '--format=%P', oid, '--'])).trim().split(' ').filter(Boolean)
}

function noCommit(name: string): ClambakeError {
  return new ClambakeError({
    code: 'no-orphan',
    message: `${name} names no commit here or on the remote`,
    kept: 'nothing was changed',
    next: 'clambake recover --scan-all lists what there is',
  })
}
