import type {ErrorData} from '../../base/errors.ts'
import type {LoosePointer} from '../data/assignment.ts'
import type {Claim, ClaimRecord, OwnerRecord} from '../data/claim.ts'
import type {DiffText} from '../data/diff.ts'
import type {Merged} from '../data/main-files.ts'
import type {Leftover} from '../data/recovery/leftover.ts'
import type {OrphanFacts} from '../data/recovery/orphan.ts'
import type {RescueRow, Restored} from '../data/recovery/rescue.ts'
import type {UndoPart, UndoStep} from '../data/recovery/undo.ts'
import type {GitReading} from '../landing/gate/reading.ts'
import type {Halt, NoticedCause} from '../landing/halt.ts'
import type {ChangedFile, Changes, FileDiff} from '../review/diff.ts'
import type {BundleGit} from './bundle.ts'
import type {LandingLock} from './landing-lock.ts'
import type {RadarGateway} from './radar.ts'

/**
 * What the decisions need of git. A floor 2 package implements it, tests have an in-memory one, floor 3 handlers take it
 * as an argument. All methods reject with ClambakeError.
 */

/** What a claim changes when it is bumped; the gateway makes a new fence and nonce. */
export type ClaimPatch = Partial<
  Pick<
    ClaimRecord,
    | 'agent'
    | 'phase'
    | 'attempts'
    | 'starts'
    | 'terms'
    | 'draft'
    | 'handedOver'
    | 'repairs'
    | 'conflicts'
    | 'reviews'
    | 'head'
    | 'pull'
    | 'merging'
    | 'bundle'
    | 'reason'
    | 'base'
    | 'owner'
    | 'host'
    | 'session'
    | 'bodyHash'
  >
>

export type ClaimOutcome = {won: true; claim: Claim} | {won: false; holder: Claim}

/** The state of a ticket's worktree. */
export type WorkState = {
  /** Commit that HEAD names. */
  head: string
  /** null: HEAD is detached. */
  branch: string | null
  /** Commits of HEAD that main has not, newest first. */
  commits: readonly {sha: string; subject: string}[]
  /** Changed or untracked paths that are not committed, relative to the worktree. */
  dirty: readonly string[]
  /** Paths that differ between the merge base and HEAD. */
  changed: readonly {path: string; added: number; removed: number}[]
  /** Pointers to commits of other repositories that HEAD sets and other clones could not follow. */
  loosePointers: readonly LoosePointer[]
}

export type Rescue = {
  /** The ref of everything, in this clone. */
  ref: string
  oid: string
  commits: number
  files: number
  /** Refs with what repositories inside the worktree had and no remote of theirs; only on this machine. */
  nested: readonly string[]
  /** The ref on the remote, without ignored files and secrets; null: nothing is left, or the commits hold a secret. */
  shared: string | null
}

export type Worktree = {path: string; branch: string | null; head: string; locked: boolean; prunable: boolean}

/** Where a branch is after it was brought up to date, or the paths in which it conflicts with main. */
export type Updated = {head: string} | {conflicts: readonly string[]}

/** `unreadable`: its record cannot be read, and why; whose it is is not known then. */
export type LandingHolder = {oid: string; owner: string | null; ref?: string; unreadable?: string}

/** The gateway of those who look at who is landing, beside their work with git. */
export type GitWithLanding = GitGateway & {
  /** As of now, or with `fetched` as the last fetch found it. */
  landingHolder(options?: {fetched: boolean}): Promise<LandingHolder | null>
}

/**
 * Work to look at: a worktree with what is not committed, or else the commit of a pull request, or else a branch here or
 * on the remote. `merge`: the commit that brought it to main, of landed work; `pull`: a pull request from which a commit
 * that is not here can be fetched.
 */
export type Work = {
  branch: string
  worktree: string | null
  commit?: string | undefined
  merge?: string | undefined
  pull?: number | undefined
}

export type GitGateway = BundleGit & {
  /** Real path of the main checkout. */
  readonly root: string
  /** Folder of the worktrees. */
  readonly workspaceRoot: string
  /** Real path of git's folder that all worktrees share. */
  readonly commonDir: string
  /** What changed in the configuration that the clone shares with agents, for its person; null: nothing that counts. */
  cloneChanged(): Promise<ErrorData | null>
  /** Why git makes no commit here with the environment that agents get, for a person; null: it does. */
  commitFault(env: Readonly<Record<string, string | undefined>>): Promise<ErrorData | null>
  /**
   * Fetches main, claims, rescue refs and agent branches; gives main's commit on the remote. `rewrite`: a forced push to
   * main for which landing was not halted yet, told by every fetch until it is; the old tip is kept in a rescue ref.
   */
  fetch(): Promise<{main: string; rewrite: {from: string; to: string} | null}>
  /** Why nothing lands; null: landing is not halted. As of the last fetch or look at the claims, or with `fresh` as of now. */
  halt(options?: {fresh: boolean}): Promise<Halt | null>
  /** Halts landing for every daemon of the repository, until a person lifts it. Safe to repeat. */
  haltLanding(noticed: NoticedCause): Promise<void>
  /** Lifts a halt. Throws `halt-moved` when landing is halted for another reason too by now. */
  liftHalt(halt: Halt, by: string): Promise<void>
  /** Every claim as of now, or with `fetched` as the last fetch found it; one that cannot be read holds its issue too. */
  claims(options?: {fetched: boolean}): Promise<readonly Claim[]>
  /** Takes the claim by compare-and-swap; after an unclear answer the ref is read and compared. */
  claim(record: Omit<ClaimRecord, 'fence' | 'nonce' | 'version'>): Promise<ClaimOutcome>
  /** Bumps the claim; throws `claim-lost` when somebody else moved it. */
  bumpClaim(claim: Claim, patch: ClaimPatch): Promise<Claim>
  releaseClaim(claim: Claim): Promise<void>
  renewOwner(owner: Omit<OwnerRecord, 'nonce' | 'version'>): Promise<void>
  /** All leases, also those of a version that this one cannot read. */
  owners(): Promise<readonly {oid: string; record: Pick<OwnerRecord, 'owner' | 'leaseMs'>}[]>
  /** Creates or finds the branch and worktree of a ticket at `path`; never changes one that holds other work. */
  ensureWorktree(options: {path: string; branch: string; base: string}): Promise<{head: string; created: boolean}>
  worktrees(): Promise<readonly Worktree[]>
  /** Whether a worktree was noted as set up; the note lasts as long as the worktree. */
  isSetUp(path: string): Promise<boolean>
  markSetUp(path: string): Promise<void>
  /** Those of the paths that git ignores in a worktree. */
  ignored(path: string, paths: readonly string[]): Promise<ReadonlySet<string>>
  /** Keeps the whole text of a long issue in a file beside the worktree, which goes with it, and gives the file's path. */
  keepIssueText(path: string, text: string): Promise<string>
  inspect(path: string): Promise<WorkState>
  /**
   * When the work in a worktree changed last, in epoch milliseconds: its newest commit that main has not, or a file that is
   * in no commit. null: it has neither. What cannot be dated counts as changed just now.
   */
  lastChange(path: string): Promise<number | null>
  /**
   * Pushes HEAD of the worktree to the branch and bumps the claim in one atomic guarded push. The claim's record has the
   * head that was pushed: commits whose messages would act on GitHub are reworded first.
   */
  pushWork(options: {worktree: string; claim: Claim; head: string; patch: ClaimPatch}): Promise<Claim>
  /**
   * Saves commits, index, changed, untracked and ignored files in `refs/clambake/rescue/*`; on the remote too, but for
   * ignored files and secrets.
   */
  rescue(options: {worktree: string; reason: string}): Promise<Rescue>
  /** The same for an agent's worktree that may be gone, as agents can remove their own; null: there is no such folder. */
  rescueIfThere(options: {worktree: string; reason: string}): Promise<Rescue | null>
  /** Rescues what main does not have, then removes the worktree and its local branch. Safe to repeat. */
  removeWorktree(options: {path: string; branch: string; landed: string | null}): Promise<readonly string[]>
  /** Commit of a branch on the remote, asked there and then; null: no such branch. */
  remoteHead(branch: string): Promise<string | null>
  /** Whether `commit` is reachable from main on the remote, after a fetch. */
  isOnMain(commit: string): Promise<boolean>
  /** Deletes the branch on the remote if it is still at `expected`; it may be gone already. */
  deleteRemoteBranch(branch: string, expected: string): Promise<void>
  /**
   * What git says of a pull request's head; `conflicts`: also where a merge would conflict; `fresh`: after a fetch of its
   * own.
   */
  gateFacts(asked: {head: string; conflicts: boolean; fresh: boolean}): Promise<GitReading>
  /**
   * Merges main into a pushed branch, in its worktree and without pushing it; `linear`: makes its commits again on top
   * of main instead. Throws `head-moved` when the worktree holds other work than `head`.
   */
  bringUpToDate(options: {worktree: string; branch: string; head: string; linear: boolean}): Promise<Updated>
  /**
   * Moves the worktree of a branch from its last push to what a person pushed on top of it. Throws `head-moved` when that
   * is not on top of it, or the worktree holds other work.
   */
  followPush(options: {worktree: string; branch: string; from: string; to: string}): Promise<void>
  /** Whether two commits have the same files. Throws when one of them is not here after a fetch. */
  sameTree(one: string, other: string): Promise<boolean>
  /** Opens what tries merges of many branches and worktrees with each other. */
  openRadar(): RadarGateway
  /** Commits of the branches of this clone, by branch. */
  localHeads(): Promise<ReadonlyMap<string, string>>
  /**
   * What a worktree (with what is not committed) or else a branch, here or on the remote, changes since it left main.
   * Throws `no-branch`.
   */
  diff(options: {branch: string; worktree: string | null}): Promise<Omit<DiffText, 'subject'>>
  /** The files that work changes since it left main, without their lines. Throws `no-branch`. */
  changesOf(work: Work): Promise<Changes>
  /** The lines of one of them. */
  fileDiff(work: Work, file: Pick<ChangedFile, 'path' | 'from'>): Promise<FileDiff>
  /** The lines of files as the work has them, or had them where it left main; null: there is no such text. */
  linesOf(
    work: Work,
    files: readonly {path: string; side: 'old' | 'new'}[],
  ): Promise<readonly (readonly string[] | null)[]>
  /** The commits after `base` that wrote lines of files as they are in `commit`, for each place once. */
  whoWrote(
    range: {base: string; commit: string},
    places: readonly {path: string; from: number; to: number}[],
  ): Promise<readonly (readonly string[])[]>
  /** Paths that a worktree, with what is not committed, or else a branch changes since it left main. */
  changedPaths(options: {branch: string; worktree: string | null}): Promise<readonly string[]>
  /** What landed in the last `limit` commits of main and names an issue or pull request, newest first. */
  mergedPaths(limit: number): Promise<readonly Merged[]>
  /** Every file of main as last fetched. */
  mainFiles(): Promise<readonly string[]>
  /** The head of a branch, here or on the remote, and the commit where it left main. Throws `no-branch`. */
  branchStart(branch: string): Promise<{head: string; base: string}>
  /** Brings the remote's branch forward to the local one; never backwards. Throws `branch-moved`, `no-branch`. */
  publishBranch(branch: string): Promise<{head: string; pushed: boolean}>
  /** Text of a file of main as last fetched; null: main has no such file. */
  readMain(path: string): Promise<string | null>
  /**
   * Work that no daemon looks after. `dead`: owners whose lease was seen to run out; `all`: also branches of any name,
   * older rescues, every stash and lost commits; `onStep` hears what it is at, and with how many pieces of work.
   */
  orphans(asked: {
    dead: ReadonlySet<string>
    all?: boolean
    onStep?: (step: string, count: number) => void
  }): Promise<readonly OrphanFacts[]>
  /**
   * Puts an orphan away: into rescue refs first, then its branch (here and on the remote), worktree or stash is removed.
   * `note` gets what brings it back, before the first deletion. Safe to repeat. Gives the refs.
   */
  archive(orphan: OrphanFacts, note: (parts: readonly UndoPart[]) => Promise<void>): Promise<{kept: readonly string[]}>
  /** Makes a branch of work that is on none. Throws `rescue-stays-here` for what may not leave this machine. */
  branchFrom(orphan: OrphanFacts): Promise<string>
  /** The wanted name of a new branch, or another one where it holds commits that do not start from `base`. */
  freeBranch(options: {branch: string; base: string}): Promise<string>
  /** Keeps what agents have committed so far, so that it outlives a branch that is deleted from outside. */
  pinWork(): Promise<void>
  /** Every rescue of this clone, newest first. */
  rescues(): Promise<readonly RescueRow[]>
  /** Writes files of a rescue into a folder, and overwrites none. `into` null: a new folder beside the worktrees. */
  restoreFiles(asked: {
    ref: string
    paths: readonly string[]
    into: string | null
  }): Promise<{into: string; files: readonly Restored[]}>
  /** Refs that only note what was, and why each may go. */
  leftovers(): Promise<readonly Leftover[]>
  /** Deletes refs, and with `remote` their copies on the remote; `note` as in `archive`. Safe to repeat. */
  removeRefs(
    refs: readonly {ref: string; oid: string; remote: boolean}[],
    note: (parts: readonly UndoPart[]) => Promise<void>,
  ): Promise<void>
  /** Bytes on the disk below a folder. */
  diskUse(path: string): Promise<number>
  /** Bytes of objects that only these refs need. */
  objectBytes(refs: readonly string[]): Promise<number>
  /** Clears away what Clambake's own work leaves in the clone, where nothing is lost by it. Safe to repeat. */
  tidy(): Promise<void>
  /** What a person chose to leave as it is, by the state that the choice is about. */
  left(): Promise<ReadonlySet<string>>
  leave(key: string): Promise<void>
  /** A person's last step that took something away; null: there is none to undo. */
  lastStep(): Promise<UndoStep | null>
  /** Notes a step before it is done, so that git keeps what it names. */
  noteStep(step: UndoStep): Promise<void>
  forgetStep(): Promise<void>
  /** Brings one part of a step back, and overwrites nothing. Gives what was done. */
  bringBack(part: UndoPart): Promise<string>
  /** null: somebody else holds it whose lease was not seen to run out. */
  acquireLanding(owner: string, dead?: ReadonlySet<string>): Promise<LandingLock | null>
  releaseLanding(lock: LandingLock): Promise<void>
}

/** The claims that this daemon holds, as last read or written; every change goes through it, one at a time a ticket. */
export type ClaimBook = {
  get(issue: number): Claim | undefined
  put(claim: Claim): void
  /** Moves the claim by compare-and-swap. Throws `no-claim` when none is held, `claim-lost` when it was moved. */
  bump(issue: number, patch: ClaimPatch): Promise<Claim>
  /** As `bump`, with the caller's own guarded write: `move` gets the current claim and gives the new one. */
  move(issue: number, move: (claim: Claim) => Promise<Claim>): Promise<Claim>
  release(issue: number): Promise<void>
}
