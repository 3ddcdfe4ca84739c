import {basename, dirname} from 'node:path'
import {within} from '../../base/clock.ts'
import {hasCode} from '../../base/errors.ts'
import {statOrNull} from '../../base/files.ts'
import type {Claim, ClaimRecord} from '../../model/data/claim.ts'
import {parseBranch, parseWorktreeFolder} from '../../model/data/names.ts'
import {agentBranches} from '../../model/data/recovery/agent-branches.ts'
import type {OrphanFacts} from '../../model/data/recovery/orphan.ts'
import {ALL_REFS} from '../command/hardening.ts'
import {lostCommits} from '../commits/lost-commits.ts'
import {type Context, presentCommits} from '../context.ts'
import {type Claims, issueOf} from '../refs/claims.ts'
import type {Owners} from '../refs/owners.ts'
import {PINNED_REFS} from '../refs/pinned.ts'
import {RESCUE_REFS, UNDO_REF} from '../refs/pins.ts'
import type {Found} from '../refs/records.ts'
import {dirtyPaths} from '../worktree/inspect.ts'
import {type ListedWorktree, listWorktrees, verifyWorktree} from '../worktree/list.ts'
import {listStashes} from '../worktree/stashes.ts'
import {type Refs, workRefs} from './refs.ts'
import {NOTHING, type OnStep, type Weight, weigh} from './weigh.ts'

/** How long one worktree is waited for. A big one on a slow disk takes seconds. */
const PATIENCE_MS = 30_000

/** Work that was found and is not weighed yet. */
type Piece = Omit<OrphanFacts, keyof Weight> & {
  unsure?: string
  /** Commits of it that hold no work: a rescue's and a stash's own, and that of the index. */
  frame?: number
}

type Asked = {
  /** Owners whose lease was seen to run out. */
  dead: ReadonlySet<string>
  /** Also branches of any name, every rescue, every stash, and commits that no ref reaches. */
  all: boolean
  onStep: OnStep
}

/**
 * Finds work that no daemon looks after: agents' branches, worktrees and stashes without a claim, claims whose owner has
 * no lease, claims that cannot be read, commits of branches that are gone, rescues. Expects that heads were fetched.
 */
export async function findOrphans(
  context: Context,
  {claims, owners}: {claims: Claims; owners: Owners},
  {dead, all, onStep}: Asked,
): Promise<readonly OrphanFacts[]> {
  onStep('reading claims', 0)
  const found = await claims.look()
  const refs = await workRefs(context)
  const held = heldBy(context, await claims.all({fetched: true}))
  onStep('reading worktrees', 0)
  const worktrees = (await listWorktrees(context)).filter(({path}) => dirname(path) === context.workspaceRoot)
  const pieces: Piece[] = []
  // One after another: many git processes at once would be slower.
  for (const worktree of worktrees) {
    const issue = parseWorktreeFolder(basename(worktree.path))
    const isHeld = held.branch(worktree.branch) || (issue !== null && held.issues.has(issue))
    if (!isHeld) pieces.push(await ofWorktree(context, worktree))
  }
  const shown = new Set(worktrees.flatMap(({branch}) => (branch === null ? [] : [branch])))
  const there = await context.refs.heads('look for branches')
  const isWanted = all ? isAnyBranch(context) : isAgentBranch(context)
  for (const [branch, head] of new Map([...there, ...refs.here])) {
    if (!held.branch(branch) && !shown.has(branch) && isWanted(branch)) {
      pieces.push(ofBranch(context, {branch, head, isHere: refs.here.has(branch), isThere: there.has(branch)}))
    }
  }
  const stashes = await listStashes(context)
  for (const {oid, branch} of stashes) {
    if (held.branch(branch) || !(all || (branch !== null && isAgentBranch(context)(branch)))) continue
    pieces.push({...ofCommit(context, oid, branch), kind: 'stash', name: `stash-${oid.slice(0, 12)}`, frame: 2})
  }
  pieces.push(...(await ofPins(context, refs, held)))
  // Git's list of stashes is a log, and only the newest one has a ref.
  const known = new Set(stashes.map(({oid}) => oid))
  const lost = all ? await lostTips(context) : []
  pieces.push(...lost.filter(oid => !known.has(oid)).map(oid => ofCommit(context, oid, null)))
  pieces.push(...ofRescues(refs, all))
  pieces.push(...ofClaims(found, await livingOwners(owners, dead)))
  const besides = await besidesFiles(
    context,
    pieces.flatMap(({kind, head}) => (head !== null && (kind === 'rescue' || kind === 'stash') ? [head] : [])),
  )
  const heads = pieces.flatMap(({head}) => (head === null ? [] : [head, ...(besides.get(head) ?? [])]))
  const weights = await weigh(context, heads, onStep)
  const isLanded = (oid: string) => (weights.get(oid)?.landed ?? null) !== null
  return pieces.map(piece => {
    const found = weighed(piece, weights.get(piece.head ?? ''))
    return (besides.get(piece.head ?? '') ?? []).every(isLanded) ? found : {...found, landed: null}
  })
}

/** What some daemon works on. */
type Held = {issues: ReadonlySet<number>; branch(name: string | null): boolean}

/** What claims hold. The branch of one that cannot be read, as of a newer version, is known by its issue. */
function heldBy(context: Context, claims: readonly Claim[]): Held {
  const branches = new Set(claims.map(({record}) => record.branch))
  const unreadable = new Set(claims.flatMap(({unreadable, record}) => (unreadable === undefined ? [] : [record.issue])))
  return {
    issues: new Set(claims.map(({record}) => record.issue)),
    branch: name => branches.has(name ?? '') || unreadable.has(issueOfBranch(context, name) ?? 0),
  }
}

/** Of what names no commit. */
const UNKNOWN: Weight = {...NOTHING, unsure: null}

function weighed({unsure, frame = 0, ...piece}: Piece, weight: Weight = UNKNOWN): OrphanFacts {
  const commits = Math.max(0, weight.commits - frame)
  // A claim whose commits are not here can still be taken over.
  const doubt = piece.kind === 'claim' ? null : weight.unsure
  return {...piece, ...weight, commits, unsure: unsure ?? doubt}
}

/** Whether a branch's name is one that agents get; main is none, whatever its name. */
export function isAgentBranch(context: Context): (branch: string) => boolean {
  const isAgents = agentBranches({template: context.branchTemplate, patterns: context.scanPatterns})
  const isAny = isAnyBranch(context)
  return branch => isAny(branch) && isAgents(branch)
}

function isAnyBranch({mainBranch}: Context): (branch: string) => boolean {
  return branch => branch !== mainBranch && !branch.startsWith('clambake/')
}

/** Owners whose lease has not run out, as far as was seen. */
async function livingOwners(owners: Owners, dead: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const names = (await owners.all()).map(({record}) => record.owner)
  return new Set(names.filter(owner => !dead.has(owner)))
}

async function ofWorktree(context: Context, worktree: ListedWorktree): Promise<Piece> {
  const {path, branch, head} = worktree
  const issue = parseWorktreeFolder(basename(path)) ?? issueOfBranch(context, branch)
  const dirty = (await statOrNull(path)) ? await countDirty(context, path) : 0
  const piece = {kind: 'worktree', name: path, issue, head: /^0*$/.test(head) ? null : head, branch} as const
  if (dirty !== null) return {...piece, place: 'here', dirty}
  return {
    ...piece,
    place: 'here',
    dirty: 0,
    unsure: 'git does not end in it: a pipe may be in the place of a file there',
  }
}

/** Inspects a worktree; null: git does not end in it. One that was tampered with must not hide the others. */
async function countDirty(context: Context, path: string): Promise<number | null> {
  try {
    const at = await verifyWorktree(context, path)
    const reading = dirtyPaths(context, at)
    const paths = await within(PATIENCE_MS, reading, context.clock)
    // Nothing waits for a reading that fails later.
    reading.catch(() => {})
    return paths === null ? null : paths.length
  } catch (error) {
    if (!hasCode(error, 'worktree-foreign')) throw error
    context.log.warn('worktree not looked into', {path, problem: error.message})
    return 0
  }
}

function ofBranch(
  context: Context,
  {branch, head, isHere, isThere}: {branch: string; head: string; isHere: boolean; isThere: boolean},
): Piece {
  const place = isHere && isThere ? 'both' : isHere ? 'here' : 'remote'
  return {kind: 'branch', name: branch, issue: issueOfBranch(context, branch), head, branch, place, dirty: 0}
}

function ofCommit(context: Context, oid: string, branch: string | null): Piece {
  const issue = issueOfBranch(context, branch)
  return {kind: 'commit', name: `commit-${oid.slice(0, 12)}`, issue, head: oid, branch, place: 'here', dirty: 0}
}

/** Commits that were on an agent's branch, and that only their pin still reaches. */
async function ofPins(context: Context, {pinned}: Refs, held: Held): Promise<Piece[]> {
  const mine = [...pinned].filter(([branch]) => !held.branch(branch))
  if (mine.length === 0) return []
  const text = await context.runner.text(
    ['rev-list', '--stdin', '--not', `--exclude=${PINNED_REFS}*`, `--exclude=${UNDO_REF}`, ...ALL_REFS],
    {
      input: mine.map(([, oid]) => oid).join('\n'),
    },
  )
  const only = new Set(text.split('\n'))
  return mine.flatMap(([branch, oid]) => (only.has(oid) ? [ofCommit(context, oid, branch)] : []))
}

/** Commits that no ref reaches and no other of them has as a parent. Clambake's own are none. */
async function lostTips(context: Context): Promise<string[]> {
  const lost = await lostCommits(context)
  if (lost.length === 0) return []
  const text = await context.runner.text(['log', '--no-walk=unsorted', '--format=%H %ae %P', '--stdin'], {
    input: lost.join('\n'),
  })
  const lines = text.split('\n').map(line => line.split(' '))
  const parents = new Set(lines.flatMap(line => line.slice(2)))
  return lines.flatMap(([oid, author]) => (oid && !parents.has(oid) && author !== 'clambake@localhost' ? [oid] : []))
}

/** Rescues; unless `all`, the newest of each name. */
function ofRescues({rescues}: Refs, all: boolean): Piece[] {
  const byName = Map.groupBy([...rescues], ([ref]) => ref.slice(RESCUE_REFS.length).split('/')[0] ?? '')
  return [...byName].flatMap(([name, refs]) => {
    const newest = refs.toSorted(([one], [other]) => (one < other ? 1 : -1))
    return (all ? newest : newest.slice(0, 1)).map(
      ([ref, oid]): Piece => ({
        kind: 'rescue',
        name: ref,
        issue: parseWorktreeFolder(name),
        head: oid,
        branch: null,
        place: 'here',
        dirty: 0,
        frame: 2,
      }),
    )
  })
}

/**
 * What rescues and stashes hold beside their files, which a merge of them would not show: what was staged, new files of a
 * stash, and commits that were on no branch. By rescue or stash.
 */
async function besidesFiles(context: Context, oids: readonly string[]): Promise<Map<string, string[]>> {
  const found = await shapesOf(context, oids)
  const parents = await shapesOf(context, [...new Set([...found.values()].flatMap(({parents}) => parents))])
  return new Map(
    [...found].map(
      ([
        oid,
        {
          tree,
          parents: [head = '', ...others],
        },
      ]) => {
        const known = new Set([tree, parents.get(head)?.tree])
        const isKnown = (other: string) => parents.has(other) && known.has(parents.get(other)?.tree)
        return [oid, others.filter(other => !isKnown(other))]
      },
    ),
  )
}

async function shapesOf(
  context: Context,
  oids: readonly string[],
): Promise<Map<string, {tree: string; parents: string[]}>> {
  const present = oids.length === 0 ? [] : await presentCommits(context, oids)
  if (present.length === 0) return new Map()
  const args = ['log', '--no-walk=unsorted', '--format=%H %T %P', '--stdin']
  const lines = (await context.runner.text(args, {input: present.join('\n')})).split('\n')
  return new Map(
    lines.map(line => {
      const [oid = '', tree = '', ...parents] = line.trim().split(' ')
      return [oid, {tree, parents}]
    }),
  )
}

function ofClaims(claims: readonly Found<ClaimRecord>[], alive: ReadonlySet<string>): Piece[] {
  return claims.flatMap((claim): Piece[] => {
    const isGood = claim.state === 'good'
    if (isGood && alive.has(claim.record.owner)) return []
    return [
      {
        kind: 'claim',
        name: claim.ref,
        issue: issueOf(claim.ref),
        head: isGood ? claim.record.head : null,
        branch: isGood ? claim.record.branch : null,
        place: 'remote',
        dirty: 0,
        ...(isGood ? {} : {unsure: 'it cannot be read'}),
      },
    ]
  })
}

function issueOfBranch({branchTemplate}: Context, branch: string | null): number | null {
  return branch === null ? null : (parseBranch(branch, branchTemplate)?.issue ?? null)
}
