import {randomUUID} from 'node:crypto'
import {ClambakeError} from '../../src/base/errors.ts'
import {type Claim, type ClaimRecord, changedRecord, type OwnerRecord} from '../../src/model/data/claim.ts'
import type {Merged} from '../../src/model/data/main-files.ts'
import type {UndoStep} from '../../src/model/data/recovery/undo.ts'
import type {
  ClaimOutcome,
  ClaimPatch,
  GitGateway,
  LandingHolder,
  WorkState,
  Worktree,
} from '../../src/model/gateways/git.ts'
import {type LandingLock, landingLock} from '../../src/model/gateways/landing-lock.ts'
import {type HaltCause, isSameCause} from '../../src/model/landing/halt.ts'
import {pairKey} from '../../src/model/radar/forecast.ts'
import {memoryBundles} from './memory-bundles.ts'
import {memoryRadar} from './memory-radar.ts'
import {shaOf} from './sha-of.ts'

export {shaOf} from './sha-of.ts'

type MemoryWorktree = {
  branch: string
  head: string
  commits: {sha: string; subject: string}[]
  dirty: string[]
  changedAt: number | null
}

/** What the clones of one remote share. */
export type MemoryRemote = {
  claimRefs: Map<number, Claim>
  branches: Map<string, string>
  main: string[]
  landed: Set<string>
  beats: OwnerRecord[]
  conflicts: Map<string, readonly string[]>
  merged: Merged[]
  files: string[]
  otherFiles: Set<string>
  halts: HaltCause[]
  rewrite: {from: string; to: string} | null
  landing: LandingLock | null
  parents: Map<string, string>
  /** The main that a commit holds; a commit made by a test itself holds it all. */
  bases: Map<string, string>
  count: number
  /** The works that bundles carry, by their tips: the commit of each, and the head that it was made of. */
  bundles: Map<string, readonly {commit: string; head: string}[]>
  /** The heads that commits on main carry. */
  carried: Map<string, string>
  /** Merges of main into a branch: no agent made them, and they can be made again. */
  updates: Set<string>
  /** What each clone has. */
  clones: Pick<MemoryGit, 'trees' | 'rescued'>[]
}

function memoryRemote(): MemoryRemote {
  return {
    ...{claimRefs: new Map(), branches: new Map(), main: [shaOf('start')], landed: new Set(), beats: []},
    ...{conflicts: new Map(), merged: [], files: [], otherFiles: new Set(), halts: [], rewrite: null, landing: null},
    ...{parents: new Map(), bases: new Map(), count: 0, updates: new Set(), clones: []},
    ...{bundles: new Map(), carried: new Map()},
  }
}

/** A clone and its remote as plain maps. What a test reads is the remote; what agents do is `commit` and `scribble`. */
export type MemoryGit = GitGateway & {
  readonly remote: MemoryRemote
  readonly claimRefs: Map<number, Claim>
  readonly branches: Map<string, string>
  /** Commits on main, newest last. */
  readonly main: string[]
  readonly trees: Map<string, MemoryWorktree>
  readonly rescued: {worktree: string; head: string}[]
  /** Heads whose work is on main, squashed into another commit. */
  readonly landed: Set<string>
  readonly beats: OwnerRecord[]
  /** Paths that conflict with main, by commit. */
  readonly conflicts: Map<string, readonly string[]>
  conflictsOf(head: string): string[]
  /** Paths in which two commits conflict, by both (`pairKey`). */
  readonly clashes: Map<string, readonly string[]>
  /** Paths that were changed, by worktree. */
  readonly changes: Map<string, readonly string[]>
  /** What landed before, newest first, and the files of main. */
  readonly merged: Merged[]
  readonly files: string[]
  /** Heads that land with other files than they have. */
  readonly otherFiles: Set<string>
  /** The record of halts on the remote. */
  readonly halts: HaltCause[]
  /** A forced push to main that no halt names yet. */
  rewrite: {from: string; to: string} | null
  /** The last step that can be undone. */
  step: UndoStep | null
  /** The owner of the landing lock on the remote. */
  landing: LandingLock | null
  landingHolder(): Promise<LandingHolder | null>
  lostCommits(): Promise<readonly string[]>
  /** An agent commits in its worktree. */
  commit(path: string, subject: string): string
  /** An agent leaves a file uncommitted. */
  scribble(path: string, file: string): void
  /** Another daemon moves a claim. */
  steal(issue: number, owner: string): void
}

/** `remote`: that of another clone; `now`: the time that changes note. */
export function memoryGit(root = '/repo', remote: MemoryRemote = memoryRemote(), now = () => 0): MemoryGit {
  const {claimRefs, branches, main, landed, beats, conflicts, merged, files, otherFiles, halts, parents, bases} = remote
  /** As the last fetch found them. */
  let fetched: Claim[] = []
  const trees = new Map<string, MemoryWorktree>()
  const rescued: MemoryGit['rescued'] = []
  const clashes: MemoryGit['clashes'] = new Map()
  const changes: MemoryGit['changes'] = new Map()
  /** Paths in which a commit conflicts with main: by itself, or with what landed there. */
  const conflictsOf = (head: string): string[] => [
    ...new Set([
      ...(conflicts.get(head) ?? []),
      ...[...landed].flatMap(other => clashes.get(pairKey([head, other])) ?? []),
    ]),
  ]
  const left = new Set<string>()
  const setUp = new Set<string>()
  remote.clones.push({trees, rescued})

  const tip = () => main.at(-1)!
  const contains = (head: string) => (bases.get(head) ?? tip()) === tip()
  const treeAt = (path: string): MemoryWorktree => {
    const tree = trees.get(path)
    if (tree) return tree
    throw new ClambakeError({code: 'worktree-failed', message: `${path} is no worktree`})
  }
  const contentOf = (path: string) => {
    const tree = trees.get(path)
    return tree && {head: tree.head, commit: tree.dirty.length === 0 ? tree.head : shaOf(`${tree.head} ${tree.dirty}`)}
  }
  const stand = (record: ClaimRecord): Claim => {
    const claim = {oid: shaOf(`claim ${++remote.count}`), record}
    claimRefs.set(record.issue, claim)
    return claim
  }
  const ours = (claim: Claim): void => {
    if (claimRefs.get(claim.record.issue)?.oid === claim.oid) return
    throw new ClambakeError({
      code: 'claim-lost',
      message: `this daemon no longer holds the claim of #${claim.record.issue}`,
    })
  }
  /** What this clone made of a claim, by the claim's commit: its answer may have got lost. */
  const made = new Map<string, Claim>()
  const bumped = (claim: Claim, patch: ClaimPatch): Claim => {
    const own = made.get(claim.oid)
    const at = own && claimRefs.get(claim.record.issue)?.oid === own.oid ? own : claim
    ours(at)
    const next = stand(changedRecord(at.record, patch, now()))
    made.set(claim.oid, next)
    return next
  }

  return {
    ...memoryBundles(remote, clashes),
    root,
    commonDir: `${root}/.git`,
    workspaceRoot: `${root}/.clambake/worktrees`,
    claimRefs,
    branches,
    main,
    trees,
    rescued,
    landed,
    beats,
    conflicts,
    conflictsOf,
    clashes,
    changes,
    merged,
    files,
    remote,
    step: null,
    otherFiles,
    halts,
    get landing() {
      return remote.landing
    },
    set landing(lock) {
      remote.landing = lock
    },
    get rewrite() {
      return remote.rewrite
    },
    set rewrite(found) {
      remote.rewrite = found
    },
    cloneChanged: async () => null,
    async fetch() {
      fetched = [...claimRefs.values()]
      return {main: tip(), rewrite: this.rewrite}
    },
    async halt() {
      const causes = this.halts.filter(({lifted}) => lifted === null)
      return causes.length === 0 ? null : {oid: shaOf(JSON.stringify(causes)), causes}
    },
    async haltLanding(noticed) {
      if (this.rewrite?.from === noticed.from) this.rewrite = null
      const counts = ({kind, lifted}: HaltCause) => kind !== 'pause' || lifted === null
      if (this.halts.some(cause => counts(cause) && isSameCause(cause, noticed))) return
      this.halts.push({...noticed, at: '2026-01-01T00:00:00Z', by: 'me', lifted: null})
    },
    async liftHalt({causes}, by) {
      for (const cause of causes) if (!this.halts.some(known => isSameCause(known, cause))) this.halts.push({...cause})
      if (causes.some(({from}) => from === this.rewrite?.from)) this.rewrite = null
      for (const cause of this.halts) cause.lifted ??= {by, at: '2026-01-01T00:00:00Z'}
    },
    claims: async options => (options?.fetched ? fetched : [...claimRefs.values()]),
    async claim(wanted): Promise<ClaimOutcome> {
      const holder = claimRefs.get(wanted.issue)
      if (holder) return {won: false, holder}
      return {won: true, claim: stand({...wanted, version: 1, fence: 1, nonce: randomUUID()})}
    },
    bumpClaim: async (claim, patch) => bumped(claim, patch),
    async releaseClaim(claim) {
      if (!claimRefs.has(claim.record.issue)) return
      ours(claim)
      claimRefs.delete(claim.record.issue)
    },
    async renewOwner(owner) {
      beats.push({...owner, version: 1, nonce: randomUUID()})
    },
    owners: async () => {
      const last = new Map(beats.map(record => [record.owner, record]))
      return [...last.values()].map(record => ({oid: shaOf(record.nonce), record}))
    },
    async ensureWorktree({path, branch, base}) {
      const known = trees.get(path)
      if (known) return {head: known.head, created: false}
      const head = branches.get(branch) ?? base
      if (head === base) bases.set(head, base)
      const isNew = head === base
      const commits = isNew ? [] : [{sha: head, subject: 'earlier work'}]
      trees.set(path, {branch, head, commits, dirty: [], changedAt: isNew ? null : now()})
      return {head, created: true}
    },
    ignored: async (_, paths) => new Set(paths),
    isSetUp: async path => setUp.has(path),
    async markSetUp(path) {
      treeAt(path)
      setUp.add(path)
    },
    async keepIssueText(path) {
      treeAt(path)
      return `${path}.git/clambake-issue.md`
    },
    worktrees: async () =>
      [...trees].map(([path, {branch, head}]): Worktree => ({path, branch, head, locked: false, prunable: false})),
    async inspect(path): Promise<WorkState> {
      const {head, branch, commits, dirty} = treeAt(path)
      const changed = commits.map(({subject}) => ({path: `${subject}.ts`, added: 2, removed: 1}))
      return {head, branch, commits: [...commits], dirty: [...dirty], changed, loosePointers: []}
    },
    lastChange: async path => treeAt(path).changedAt,
    async pushWork({worktree, claim, head, patch}) {
      if (treeAt(worktree).head !== head) throw new ClambakeError({code: 'head-moved', message: 'the head moved'})
      const next = bumped(claim, {...patch, head})
      branches.set(claim.record.branch, head)
      return next
    },
    async rescue({worktree}) {
      const {head, commits, dirty} = treeAt(worktree)
      rescued.push({worktree, head})
      const ref = `refs/clambake/rescue/${rescued.length}`
      return {ref, oid: head, commits: commits.length, files: dirty.length, shared: ref, nested: []}
    },
    async rescueIfThere(given) {
      return trees.has(given.worktree) ? this.rescue(given) : null
    },
    async removeWorktree({path, landed: onMain}) {
      const tree = trees.get(path)
      const isKept = !tree || (tree.dirty.length === 0 && [onMain, ...landed, ...main].includes(tree.head))
      const saved = isKept ? [] : [(await this.rescue({worktree: path, reason: 'removed'})).ref]
      trees.delete(path)
      setUp.delete(path)
      return saved
    },
    remoteHead: async branch => branches.get(branch) ?? null,
    isOnMain: async commit => main.includes(commit),
    async deleteRemoteBranch(branch, expected) {
      const found = branches.get(branch)
      if (found !== undefined && found !== expected) {
        throw new ClambakeError({code: 'branch-moved', message: `${branch} moved`})
      }
      branches.delete(branch)
    },
    async gateFacts({head}) {
      return {
        comparedWith: 'main',
        base: {tip: tip(), contained: contains(head), hasWorkflows: false},
        changes: [],
        conflicts: conflictsOf(head),
        rewrite: this.rewrite,
      }
    },
    async followPush({worktree, from, to}) {
      const tree = treeAt(worktree)
      if (tree.head !== from && tree.head !== to) throw new ClambakeError({code: 'head-moved', message: 'other work'})
      tree.head = to
    },
    async bringUpToDate({worktree, head}) {
      const found = conflictsOf(head)
      if (found.length > 0) return {conflicts: found}
      const tree = treeAt(worktree)
      const updated = shaOf(`update of ${head} to ${tip()}`)
      if (tree.head === updated) return {head: updated}
      if (tree.head !== head) throw new ClambakeError({code: 'head-moved', message: 'the worktree is at another head'})
      parents.set(updated, head)
      bases.set(updated, tip())
      remote.updates.add(updated)
      tree.head = updated
      return {head: updated}
    },
    // A merge makes a commit of its own, whose files are those of the head that it merged.
    commitFault: async () => null,
    sameTree: async (_, head) => !otherFiles.has(head),
    openRadar: () => memoryRadar({tip, heads: contentOf, conflictsOf, clashes, changes}),
    localHeads: async () => new Map([...trees.values()].map(({branch, head}) => [branch, head])),
    diff: async () => ({files: [], text: '', cut: false}),
    changesOf: async () => ({base: '', head: '', files: [], unlisted: 0}),
    fileDiff: async () => ({hunks: [], cut: 0}),
    linesOf: async (_work, files) => files.map(() => null),
    whoWrote: async (_range, places) => places.map(() => []),
    changedPaths: async ({worktree}) => [...(changes.get(worktree ?? '') ?? [])],
    mergedPaths: async () => [...merged],
    mainFiles: async () => [...files],
    async branchStart(branch) {
      const head = branches.get(branch)
      if (head === undefined) throw new ClambakeError({code: 'no-branch', message: `no branch ${branch}`})
      return {head, base: main[0]!}
    },
    async publishBranch(branch) {
      return {head: (await this.branchStart(branch)).head, pushed: false}
    },
    readMain: async () => null,
    orphans: async () => [],
    async archive({name, head}, note) {
      const ref = `refs/clambake/rescue/${name}`
      if (head === null) return {kept: []}
      await note([{do: 'branch', branch: name, oid: head, here: true, remote: true}])
      landed.add(head)
      branches.delete(name)
      return {kept: [ref]}
    },
    async branchFrom({issue, head}) {
      const branch = `recovered/${issue}-${head?.slice(0, 12)}`
      branches.set(branch, head ?? '')
      return branch
    },
    freeBranch: async ({branch}) => branch,
    pinWork: async () => {},
    rescues: async () => [],
    restoreFiles: async ({into}) => ({into: into ?? '/restored', files: []}),
    leftovers: async () => [],
    removeRefs: async () => {},
    diskUse: async () => 0,
    objectBytes: async () => 0,
    tidy: async () => {},
    left: async () => left,
    leave: async key => void left.add(key),
    async lastStep() {
      return this.step
    },
    async noteStep(step) {
      this.step = step
    },
    async forgetStep() {
      this.step = null
    },
    async bringBack(part) {
      if (part.do === 'branch') branches.set(part.branch, part.oid)
      if (part.do === 'choice') left.delete(part.key)
      return `${part.do} is back`
    },
    async acquireLanding(owner, dead) {
      if (this.landing && this.landing.owner !== owner && !dead?.has(this.landing.owner)) return null
      this.landing = landingLock({oid: shaOf(`lock ${++remote.count}`), owner})
      return this.landing
    },
    async releaseLanding() {
      this.landing = null
    },
    async landingHolder() {
      return this.landing
    },
    async lostCommits() {
      const kept = new Set<string>()
      const places = remote.clones.flatMap(clone => [...clone.rescued, ...clone.trees.values()])
      const heads = [...branches.values(), ...landed, ...places.map(({head}) => head)]
      for (const head of heads) {
        for (let at: string | undefined = head; at !== undefined; at = parents.get(at)) kept.add(at)
      }
      return [...parents.keys()].filter(sha => !kept.has(sha) && !remote.updates.has(sha))
    },
    commit(path, subject) {
      const tree = treeAt(path)
      const sha = shaOf(`commit ${++remote.count}`)
      parents.set(sha, tree.head)
      const base = bases.get(tree.head)
      if (base !== undefined) bases.set(sha, base)
      tree.head = sha
      tree.commits.unshift({sha: tree.head, subject})
      tree.dirty = []
      tree.changedAt = now()
      return tree.head
    },
    scribble(path, file) {
      const tree = treeAt(path)
      tree.dirty.push(file)
      tree.changedAt = now()
    },
    steal(issue, owner) {
      const {record} = claimRefs.get(issue)!
      stand({...record, owner, host: `${owner}-host`, fence: record.fence + 1})
    },
  }
}
