/**
 * Every code that a ClambakeError can carry, grouped by the area that throws it: a misspelled code in a throw or in a
 * comparison does not compile. A code of a newer version that arrives over a socket keeps its text although it is not
 * in this list; it equals no code here, so it is shown and not acted upon.
 */
export type ErrorCode =
  | 'finding-moved'
  | 'internal'
  | BaseCode
  | CliCode
  | ClientCode
  | ConfigCode
  | RpcCode
  | HostCode
  | GitCode
  | GithubCode
  | AgentCode
  | TicketCode
  | RequestCode
  | HubCode

/** Running programs and folders of this machine. */
type BaseCode =
  | 'disk-broken'
  | 'disk-full'
  | 'file-unusable'
  | 'foreign-folder'
  | 'machine-exhausted'
  | 'run-failed'
  | 'run-interrupted'

/** The command line and its questions. */
type CliCode =
  | 'already-running'
  | 'ambiguous-orphan'
  | 'bad-usage'
  | 'demo-untrue'
  | 'file-behind-link'
  | 'file-changed'
  | 'github-not-reached'
  | 'interrupted'
  | 'no-fleet'
  | 'no-such-folder'
  | 'not-confirmed'
  | 'no-such-object'
  | 'no-terminal'
  | 'not-a-terminal'
  | 'not-heard'
  | 'old-node'
  | 'read-only-token'
  | 'settings-refused'
  | 'still-running'
  | 'unknown-command'
  | 'unusual-config'
  | 'wrong-manifest'

/** The screen and its keys. */
type ClientCode = 'daemon-away' | 'key-collision' | 'unknown-key'

/** The configuration and the user's taste file. */
type ConfigCode = 'wrong-config' | 'wrong-taste'

/** Sockets, frames and starting the processes behind them. */
type RpcCode =
  | 'agent-refused'
  | 'bad-frame'
  | 'bad-hello'
  | 'bad-params'
  | 'call-timeout'
  | 'disconnected'
  | 'frame-too-large'
  | 'host-away'
  | 'no-hello'
  | 'not-running'
  | 'pass-running'
  | 'socket-in-use'
  | 'start-failed'
  | 'too-slow'
  | 'unknown-method'
  | 'version-mismatch'

/** The terminal host, its panes and its mailbox. */
type HostCode =
  | 'command-not-found'
  | 'no-such-mail'
  | 'no-such-pane'
  | 'pane-does-not-read'
  | 'pane-exists'
  | 'pane-running'
  | 'panes-running'
  | 'processes-remain'
  | 'session-busy'

/** Git: the repository, its remote, claims, worktrees, rescues and the landing ref. */
type GitCode =
  | 'auth-refused'
  | 'bad-branch'
  | 'bad-owner'
  | 'bare-repository'
  | 'base-missing'
  | 'branch-checked-out'
  | 'branch-moved'
  | 'branch-other-work'
  | 'checkout-elsewhere'
  | 'branch-refused'
  | 'claim-contested'
  | 'claim-lost'
  | 'claim-unreadable'
  | 'clone-changed'
  | 'clone-gone'
  | 'commits-fail'
  | 'clone-refused'
  | 'git-failed'
  | 'git-missing'
  | 'git-too-old'
  | 'halt-moved'
  | 'head-moved'
  | 'git-locked'
  | 'index-locked'
  | 'landing-lost'
  | 'lfs-not-uploaded'
  | 'newer-record'
  | 'no-branch'
  | 'no-commits'
  | 'no-common-history'
  | 'no-main-branch'
  | 'no-remote'
  | 'not-a-repository'
  | 'not-your-repository'
  | 'owner-taken'
  | 'push-refused'
  | 'remote-gone'
  | 'remote-protocol'
  | 'remote-unreachable'
  | 'no-rescue'
  | 'no-such-path'
  | 'not-archivable'
  | 'rescue-damaged'
  | 'rescue-stays-here'
  | 'rescue-too-big'
  | 'rescue-unproven'
  | 'worktree-failed'
  | 'worktree-foreign'
  | 'worktree-other-work'
  | 'worktree-outside'
  | 'worktree-path-taken'

/** GitHub: the API, issues, the board, branch protection. */
type GithubCode =
  | 'board-gone'
  | 'board-without-column'
  | 'board-without-status'
  | 'cannot-assign'
  | 'github-bad-token'
  | 'github-forbidden'
  | 'github-issues-off'
  | 'github-not-found'
  | 'github-rate-limited'
  | 'github-refused'
  | 'github-unavailable'
  | 'github-unexpected-answer'
  | 'github-unreachable'
  | 'issue-gone'
  | 'issue-not-found'
  | 'merge-not-seen'
  | 'no-github-remote'
  | 'no-such-branch'
  | 'no-token'
  | 'protection-needs-admin'
  | 'protection-needs-plan'
  | 'other-repository'
  | 'repository-moved'
  | 'repository-not-found'

/** Starting an agent and checking its work. */
type AgentCode =
  | 'edited-after-approval'
  | 'forge-token-refused'
  | 'input-line-taken'
  | 'prompt-not-taken'
  | 'regenerate-failed'
  | 'no-free-port'
  | 'setup-failed'
  | 'unknown-profile'
  | 'wrong-mcp-config'
  | 'wrong-settings'
  | 'wrong-template'

/** What keeps a ticket or an orphan from being worked on. */
type TicketCode =
  | 'already-claimed'
  | 'gated'
  | 'detached-worktree'
  | 'foreign-branch'
  | 'no-claim'
  | 'no-conflict'
  | 'no-open-issue'
  | 'no-orphan'
  | 'owner-back'
  | 'uncertain-orphan'
  | 'worktree-elsewhere'

/** Requests that the daemon refuses. */
type RequestCode =
  | 'agent-busy'
  | 'asks-other'
  | 'bad-answer'
  | 'bad-message'
  | 'empty-review'
  | 'no-pull'
  | 'nowhere-to-send'
  | 'budget-used-up'
  | 'claim-refused'
  | 'closed-issue'
  | 'disk-used-up'
  | 'needs-person'
  | 'no-free-agent'
  | 'landing-halted'
  | 'train-paused'
  | 'no-ticket'
  | 'not-bottled'
  | 'still-draft'
  | 'not-resettable'
  | 'not-stoppable'
  | 'not-yet'
  | 'nothing-asked'
  | 'nothing-ready'
  | 'nothing-to-bottle'
  | 'nothing-to-reset'
  | 'people-merge'
  | 'read-only'
  | 'step-moved'
  | 'strategy-refused'
  | 'unknown-agent'
  | 'unknown-issue'
  | 'unknown-subject'
  | 'usage-limit'

/** The peer-to-peer hub. */
type HubCode =
  | 'hub-unavailable'
  | 'bad-hub-url'
  | 'mail-refused'
  | 'resource-held'
  | 'reservation-refused'
  | 'no-instance'
  | 'memory-refused'
  | 'no-memory'
  | 'no-message'
  | 'memory-files'

/**
 * Codes that end a command with 2: what was typed, the configuration, the login or the clone is wrong, whatever the issues
 * and pull requests are. All others end it with 1, and `interrupted` with 130.
 */
const USAGE = [
  'ambiguous-orphan',
  'bad-answer',
  'bad-hub-url',
  'bad-message',
  'bad-owner',
  'bad-params',
  'bad-usage',
  'bare-repository',
  'checkout-elsewhere',
  'clone-changed',
  'clone-refused',
  'forge-token-refused',
  'git-missing',
  'git-too-old',
  'github-bad-token',
  'key-collision',
  'no-commits',
  'no-fleet',
  'no-github-remote',
  'no-main-branch',
  'no-remote',
  'no-such-branch',
  'no-such-folder',
  'no-token',
  'not-a-repository',
  'not-a-terminal',
  'not-your-repository',
  'old-node',
  'other-repository',
  'people-merge',
  'remote-protocol',
  'repository-moved',
  'repository-not-found',
  'strategy-refused',
  'unknown-agent',
  'unknown-command',
  'unknown-key',
  'unknown-profile',
  'wrong-config',
  'wrong-mcp-config',
  'wrong-settings',
  'wrong-taste',
  'wrong-template',
] as const satisfies readonly ErrorCode[]
export type UsageCode = (typeof USAGE)[number]
export const USAGE_CODES: ReadonlySet<string> = new Set(USAGE)
