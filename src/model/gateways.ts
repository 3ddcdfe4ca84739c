import type {Claim, ClaimRecord, OwnerRecord} from './data/claim.ts'
import type {DiffText} from './data/diff.ts'
import type {CheckRow, Discussion, Review} from './data/discussion.ts'
import type {NewEvent, StoredEvent} from './data/event.ts'
import type {Issue} from './data/issue.ts'
import type {Message} from './data/message.ts'
import type {Checks, Pull} from './data/pull.ts'
import type {Seen} from './mirror/mismatch.ts'
import type {Merged} from './routing/predictions.ts'

/**
 * What the decisions need from the world outside. Floor 2 packages implement these, tests have in-memory ones,
 * floor 3 handlers take them as arguments. All methods reject with ClambakeError.
 */

// ── git ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What a claim changes when it is bumped; fence and nonce are made anew by the gateway. */
export type ClaimPatch = Partial<
  Pick<
    ClaimRecord,
    | 'agent'
    | 'phase'
    | 'attempts'
    | 'starts'
    | 'repairs'
    | 'head'
    | 'pull'
    | 'reason'
    | 'base'
    | 'owner'
    | 'host'
    | 'session'
    | 'bodyHash'
  >
>

export type ClaimOutcome = {won: true; claim: Claim} | {won: false; holder: Claim}

/** What stands in a ticket's worktree. */
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
}

export type Rescue = {ref: string; oid: string; commits: number; files: number}

export type Worktree = {path: string; branch: string | null; head: string; locked: boolean; prunable: boolean}

/** A proof that this daemon holds `refs/clambake/landing`; merges ask for it. */
export type LandingLock = {readonly oid: string; readonly owner: string}

export type Orphan = {
  kind: 'branch' | 'worktree' | 'claim'
  /** Branch name, worktree path or claim ref. */
  name: string
  issue: number | null
  head: string | null
  /** Commits that main has not. */
  commits: number
  /** Lines that those commits added or removed. */
  lines: number
  dirty: number
  /** Milliseconds since 1970 of the last commit. */
  lastActivity: number | null
  proposal: 'resume' | 'open-pull' | 'leave'
}

export type GitGateway = {
  /** Real path of the main checkout. */
  readonly root: string
  /** Real path of git's folder that all worktrees share. */
  readonly commonDir: string
  /** Fetches main, claims, rescue refs and agent branches; gives main's commit on the remote. */
  fetch(): Promise<{main: string}>
  /** What a fetch found of a forced push to main since it was last asked; the old tip is kept in a rescue ref. */
  takeRewrite(): Promise<{from: string; to: string} | null>
  claims(): Promise<readonly Claim[]>
  /** Takes the claim by compare-and-swap; after an unclear answer the ref is read and compared. */
  claim(record: Omit<ClaimRecord, 'fence' | 'nonce' | 'version'>): Promise<ClaimOutcome>
  /** Bumps the claim; throws `claim-lost` when somebody else moved it. */
  bumpClaim(claim: Claim, patch: ClaimPatch): Promise<Claim>
  releaseClaim(claim: Claim): Promise<void>
  renewOwner(owner: Omit<OwnerRecord, 'nonce' | 'version'>): Promise<void>
  owners(): Promise<readonly {oid: string; record: OwnerRecord}[]>
  /** Makes or finds the branch and worktree of a ticket at `path`; never changes one that holds other work. */
  ensureWorktree(options: {path: string; branch: string; base: string}): Promise<{head: string; created: boolean}>
  worktrees(): Promise<readonly Worktree[]>
  /** Whether a worktree was noted as set up; the note stands as long as the worktree does. */
  isSetUp(path: string): Promise<boolean>
  markSetUp(path: string): Promise<void>
  inspect(path: string): Promise<WorkState>
  /** Pushes HEAD of the worktree to the branch and bumps the claim in one atomic guarded push. */
  pushWork(options: {worktree: string; claim: Claim; head: string; patch: ClaimPatch}): Promise<Claim>
  /** Saves commits, index, changed, untracked and ignored files in `refs/clambake/rescue/*`, here and on the remote. */
  rescue(options: {worktree: string; reason: string}): Promise<Rescue>
  /** Rescues what main does not have, then removes the worktree and its local branch. Safe to repeat. */
  removeWorktree(options: {path: string; branch: string; landed: string | null}): Promise<void>
  /** Commit of a branch on the remote, asked there and then; null: no such branch. */
  remoteHead(branch: string): Promise<string | null>
  /** Whether `commit` is reachable from main on the remote, after a fetch. */
  isOnMain(commit: string): Promise<boolean>
  /** Deletes the branch on the remote if it still stands at `expected`; gone already is fine. */
  deleteRemoteBranch(branch: string, expected: string): Promise<void>
  /** Paths in which merging `branch` into main would conflict; empty: none. */
  conflictsWithMain(commit: string): Promise<readonly string[]>
  /** Commits of the branches of this clone, by branch. */
  localHeads(): Promise<ReadonlyMap<string, string>>
  /**
   * What a worktree (with what is not committed) or else a branch, here or on the remote, changes since it left main.
   * Throws `no-branch`.
   */
  diff(options: {branch: string; worktree: string | null}): Promise<Omit<DiffText, 'subject'>>
  /** Paths that a worktree, with what is not committed, or else a branch changes since it left main. */
  changedPaths(options: {branch: string; worktree: string | null}): Promise<readonly string[]>
  /** What landed in the last `limit` commits of main and names an issue or pull request, newest first. */
  mergedPaths(limit: number): Promise<readonly Merged[]>
  /** Every file of main as last fetched. */
  mainFiles(): Promise<readonly string[]>
  /** Where a branch, here or on the remote, stands and where it left main. Throws `no-branch`. */
  branchStart(branch: string): Promise<{head: string; base: string}>
  /** Brings the remote's branch forward to the local one; never backwards. Throws `branch-moved`, `no-branch`. */
  publishBranch(branch: string): Promise<{head: string; pushed: boolean}>
  /** Whether merging the commit into main would change nothing: it, or what it does, is there already. */
  changesNothing(commit: string): Promise<boolean>
  /** Text of a file of main as last fetched; null: main has no such file. */
  readMain(path: string): Promise<string | null>
  /** `dead`: owners whose lease was seen to run out. */
  orphans(dead: ReadonlySet<string>): Promise<readonly Orphan[]>
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

// ── GitHub ───────────────────────────────────────────────────────────────────────────────────────────────

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export type MergeOutcome =
  | {state: 'merged'; commit: string}
  /** Another commit than `sha` is the head. */
  | {state: 'head-moved'}
  /** GitHub says it cannot be merged now: conflict, failing rules, draft. */
  | {state: 'refused'; reason: string}

export type ApiQuota = {limit: number; remaining: number; resetAt: number}

/** REST's requests an hour, and GraphQL's points beside them; null: no query was answered yet. */
export type ApiBudget = ApiQuota & {calls: number; graphql: ApiQuota | null}

/** What is open on GitHub, as one look saw it. */
export type Snapshot = {issues: readonly Issue[]; pulls: readonly Pull[]}

export type GithubGateway = {
  /** `canPush` null: GitHub does not say. */
  repository(): Promise<{
    fullName: string
    defaultBranch: string
    url: string
    hasIssues: boolean
    isPrivate: boolean
    canPush: boolean | null
  }>
  /** The login that the token belongs to. */
  viewer(): Promise<string>
  /** All that is open, in as few requests as the last look allows. A look that fails midway changes nothing. */
  snapshot(): Promise<Snapshot>
  /** Open issues, pull requests left out. */
  openIssues(): Promise<readonly Issue[]>
  issue(number: number): Promise<Issue | null>
  /** An issue or a pull request with its newest comments; null: no such number. */
  discussion(number: number): Promise<Discussion | null>
  openPulls(): Promise<readonly Pull[]>
  pull(number: number): Promise<Pull>
  /** The newest pull with this head branch, open ones first. */
  pullOfBranch(branch: string): Promise<Pull | null>
  checks(sha: string): Promise<Checks>
  /** Each check of a commit by itself. */
  checkRows(sha: string): Promise<readonly CheckRow[]>
  /** What reviewers say of a pull request; dismissed words don't count. */
  review(pull: number): Promise<Review>
  ensureLabels(issue: number, change: {add: readonly string[]; remove: readonly string[]}): Promise<void>
  /** What GitHub shows of these issues now; null: no issue of this repository has the number any more. */
  showing(issues: readonly number[]): Promise<ReadonlyMap<number, Seen | null>>
  /**
   * Moves an issue's card on the configured board, which gets one; without a board nothing is done. With `from`, a card
   * in another column stays there.
   */
  ensureColumn(issue: number, column: string, from?: readonly string[] | null): Promise<void>
  /** False: the account cannot be assigned in this repository. */
  ensureAssignee(issue: number, change: {assign: string | null; unassign: string | null}): Promise<boolean>
  /** Writes a comment once: `key` stands in a hidden marker and is looked for first. */
  ensureComment(issue: number, key: string, body: string): Promise<void>
  ensurePull(options: {branch: string; base: string; title: string; body: string}): Promise<Pull>
  /** Sent once, never retried; the caller looks before it tries again. */
  merge(options: {
    pull: number
    sha: string
    method: MergeMethod
    title: string
    lock: LandingLock
  }): Promise<MergeOutcome>
  ensureClosed(issue: number): Promise<void>
  /** What the last answers said of the rate limit; `calls` counts this process's requests. */
  budget(): ApiBudget
}

// ── terminal host ────────────────────────────────────────────────────────────────────────────────────────

export type PaneId = string

export type PaneSpec = {
  pane: PaneId
  /** What people call it: the agent's id. */
  title: string
  command: readonly [file: string, ...args: string[]]
  cwd: string
  /** The whole environment; the host adds TERM, CLAMBAKE_SESSION and the mailbox variables. */
  env: Readonly<Record<string, string>>
  cols: number
  rows: number
  /** Found in the environment of every process of the pane; survivors are ended by it. */
  session: string
  /** Opaque to the host; the daemon finds its own panes by it after a restart. */
  meta: Readonly<Record<string, string>>
}

export type PaneInfo = {
  pane: PaneId
  title: string
  session: string
  meta: Readonly<Record<string, string>>
  cwd: string
  cols: number
  rows: number
  pid: number
  startedAt: number
  /** null while it runs. */
  exit: {code: number; signal: number | null; at: number} | null
}

/** Kind of the mail in which the host tells that a pane's program called for a person: `{by, text}`. */
export const ATTENTION = 'Attention'

/** A post to a pane's mailbox, opaque to the host. `reply` says that the sender waits for an answer. */
export type MailItem = {seq: number; pane: PaneId; at: number; kind: string; body: unknown; reply: boolean}

export type HostGateway = {
  spawn(spec: PaneSpec): Promise<PaneInfo>
  panes(): Promise<readonly PaneInfo[]>
  /** Characters that each pane's program has written so far; a number that stands still tells of silence. */
  output(): Promise<readonly {pane: PaneId; chars: number}[]>
  /** Adds to the pane's `meta`, for this daemon's next life. */
  note(pane: PaneId, meta: PaneInfo['meta']): Promise<void>
  /** Bytes for the pane's keyboard. */
  write(pane: PaneId, data: string): Promise<void>
  /** SIGTERM to the tree, SIGKILL after `graceMs`, then every survivor of the session; resolves when all are gone. */
  stop(pane: PaneId, options: {graceMs: number}): Promise<void>
  /** Forgets an exited pane and its scrollback. */
  close(pane: PaneId): Promise<void>
  /** The last lines of scrollback and screen as text, without trailing blank lines. */
  text(pane: PaneId, lines: number): Promise<string>
  mail(after: number): Promise<readonly MailItem[]>
  answer(seq: number, body: unknown): Promise<void>
  onMail(listener: (item: MailItem) => void): Disposable
  onPane(listener: (info: PaneInfo) => void): Disposable
}

// ── hub ──────────────────────────────────────────────────────────────────────────────────────────────────

export type InstanceStatus = 'active' | 'idle' | 'busy' | 'shutting_down'

export type Instance = {
  id: string
  project: string
  directory: string
  task: string
  model: string
  status: InstanceStatus
  heartbeatAt: number
}

export type HubGateway = {
  /** Queued at once and written by a worker; never waits, never throws. */
  append(event: NewEvent): void
  recent(limit: number): Promise<readonly StoredEvent[]>
  /** The newest events of an agent, or custom ones of a name, oldest first. */
  history(filter: {agent?: string; name?: string; limit: number}): Promise<readonly StoredEvent[]>
  /** Keeps a message for a day; gives it with its id. */
  send(message: Omit<Message, 'id' | 'at'>): Promise<Message>
  messageDelivered(id: number): Promise<void>
  /** The newest messages of this repository, or of one recipient, newest first. */
  messages(filter: {to?: string; limit: number}): Promise<readonly Message[]>
  /** Agents' instances: register is an upsert by id. */
  register(instance: Omit<Instance, 'heartbeatAt'>): Promise<void>
  deregister(id: string): Promise<void>
  instances(): Promise<readonly Instance[]>
  /** Resolves when everything appended so far is durable. */
  flush(): Promise<void>
}
