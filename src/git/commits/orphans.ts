import {basename, dirname} from 'node:path'
import {hasCode} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import type {ClaimRecord} from '../../model/data/claim.ts'
import {parseBranch, parseWorktreeFolder} from '../../model/data/names.ts'
import type {Orphan} from '../../model/gateways/git.ts'
import {type Context, mainRef, resolveCommit} from '../context.ts'
import {type Claims, issueOf} from '../refs/claims.ts'
import type {Owners} from '../refs/owners.ts'
import type {Found} from '../refs/records.ts'
import {dirtyPaths} from '../worktree/inspect.ts'
import {type ListedWorktree, listWorktrees, verifyWorktree} from '../worktree/list.ts'

/**
 * Finds work that no daemon looks after: agents' branches and worktrees without a claim, claims whose owner has no
 * lease, and claims that cannot be read. Expects that heads were fetched.
 */
export async function findOrphans(
  context: Context,
  claims: Claims,
  owners: Owners,
  dead: ReadonlySet<string>,
): Promise<readonly Orphan[]> {
  const found = await claims.look()
  const records = found.flatMap(claim => (claim.state === 'good' ? [claim.record] : []))
  const branches = new Set(records.map(({branch}) => branch))
  const issues = new Set(records.map(({issue}) => issue))
  const worktrees = (await listWorktrees(context)).filter(({path}) => dirname(path) === context.workspaceRoot)

  const stray = worktrees.filter(({path, branch}) => {
    const issue = parseWorktreeFolder(basename(path))
    return !(branch !== null && branches.has(branch)) && !(issue !== null && issues.has(issue))
  })
  const shown = new Set(worktrees.map(({branch}) => branch))
  const heads = await agentBranches(context)
  const orphans: Orphan[] = []
  // One after another: hundreds of git processes at once would be slower.
  for (const worktree of stray) orphans.push(await ofWorktree(context, worktree))
  for (const [branch, head] of heads) {
    if (!branches.has(branch) && !shown.has(branch)) orphans.push(await ofBranch(context, branch, head))
  }
  orphans.push(...(await ofClaims(context, found, await livingOwners(owners, dead))))
  return orphans
}

/** Agents' branches here and on the remote; where both exist the local one counts. */
async function agentBranches(context: Context): Promise<Map<string, string>> {
  const found = new Map([...(await context.refs.heads('look for branches')), ...(await localHeads(context))])
  return new Map([...found].filter(([branch]) => parseBranch(branch) !== null))
}

/** Commits of the branches of this clone, by branch. */
export function localHeads(context: Context): Promise<Map<string, string>> {
  return headsUnder(context, 'refs/heads/')
}

/** Commits of the remote's branches as last fetched, by branch; main and what Clambake keeps there are left out. */
export async function remoteBranches(context: Context): Promise<Map<string, string>> {
  const found = await headsUnder(context, `refs/remotes/${context.remoteName}/`)
  const isWork = (branch: string) => ![context.mainBranch, 'HEAD'].includes(branch) && !branch.startsWith('clambake/')
  return new Map([...found].filter(([branch]) => isWork(branch)))
}

async function headsUnder(context: Context, prefix: string): Promise<Map<string, string>> {
  const text = await context.runner.read(['for-each-ref', '--format=%(objectname) %(refname)', prefix])
  const lines = text.split('\n').filter(Boolean)
  return new Map(
    lines.map(line => {
      const space = line.indexOf(' ')
      return [line.slice(space + 1 + prefix.length), line.slice(0, space)]
    }),
  )
}

/** Owners whose lease has not run out, as far as was seen. */
async function livingOwners(owners: Owners, dead: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const names = (await owners.all()).map(({record}) => record.owner)
  return new Set(names.filter(owner => !dead.has(owner)))
}

async function ofWorktree(context: Context, worktree: ListedWorktree): Promise<Orphan> {
  const {path, branch, head} = worktree
  const issue = parseWorktreeFolder(basename(path)) ?? (branch === null ? null : (parseBranch(branch)?.issue ?? null))
  const dirty = (await statOrNull(path)) ? await countDirty(context, path) : 0
  const work = await workOf(context, head)
  return {
    kind: 'worktree',
    name: path,
    issue,
    head,
    dirty,
    ...work,
    proposal: dirty > 0 ? 'resume' : work.commits > 0 ? 'open-pull' : 'leave',
  }
}

/** Inspects a worktree. One that was tampered with must not hide the others. */
async function countDirty(context: Context, path: string): Promise<number> {
  try {
    return (await dirtyPaths(context, await verifyWorktree(context, path))).length
  } catch (error) {
    if (!hasCode(error, 'worktree-foreign')) throw error
    context.log.warn('worktree not looked into', {path, problem: error.message})
    return 0
  }
}

async function ofBranch(context: Context, branch: string, head: string): Promise<Orphan> {
  const work = await workOf(context, head)
  return {
    kind: 'branch',
    name: branch,
    issue: parseBranch(branch)?.issue ?? null,
    head,
    dirty: 0,
    ...work,
    proposal: work.commits > 0 ? 'open-pull' : 'leave',
  }
}

async function ofClaims(
  context: Context,
  claims: readonly Found<ClaimRecord>[],
  alive: ReadonlySet<string>,
): Promise<Orphan[]> {
  const orphans: Orphan[] = []
  for (const claim of claims) {
    if (claim.state === 'good' && alive.has(claim.record.owner)) continue
    const head = claim.state === 'good' ? claim.record.head : null
    orphans.push({
      kind: 'claim',
      name: claim.ref,
      issue: issueOf(claim.ref),
      head,
      dirty: 0,
      ...(await workOf(context, head)),
      proposal: claim.state === 'good' ? 'resume' : 'leave',
    })
  }
  return orphans
}

async function workOf(
  context: Context,
  head: string | null,
): Promise<Pick<Orphan, 'commits' | 'lines' | 'lastActivity'>> {
  if (head === null || (await resolveCommit(context, head)) === null) return {commits: 0, lines: 0, lastActivity: null}
  const [count, time, stat] = await Promise.all([
    context.runner.read(['rev-list', '--count', head, `^${mainRef(context)}`, '--']),
    context.runner.read(['log', '-1', '--format=%ct', head, '--']),
    context.runner.read([
      'diff',
      '--shortstat',
      '--no-ext-diff',
      '--no-textconv',
      `${mainRef(context)}...${head}`,
      '--',
    ]),
  ])
  return {commits: Number(count), lines: linesOf(stat), lastActivity: Number(time) * 1000}
}

/** `3 files changed, 12 insertions(+), 4 deletions(-)`: 16. */
function linesOf(stat: string): number {
  const counts = [...stat.matchAll(/(\d+) (?:insertion|deletion)/g)].map(match => Number(match[1]))
  return counts.reduce((sum, count) => sum + count, 0)
}
