/** What orphaned work may be. */
export const ORPHAN_KINDS = ['branch', 'worktree', 'claim', 'stash', 'commit', 'rescue', 'pull'] as const
export type OrphanKind = (typeof ORPHAN_KINDS)[number]

/** What can be done with it. None of these loses a byte. */
export const RECOVER_ACTIONS = ['resume', 'open-pull', 'archive', 'leave'] as const
export type RecoverAction = (typeof RECOVER_ACTIONS)[number]

/** What git says of work that no daemon looks after. */
export type OrphanFacts = {
  kind: OrphanKind
  /** Branch, worktree path, ref, `stash-` or `commit-` with the start of an id, or `pull-12`. */
  name: string
  issue: number | null
  head: string | null
  /** The branch that the work is on, or was made on; null: none is known. */
  branch: string | null
  /** Where it is; the remote is as of the last fetch. */
  place: 'here' | 'remote' | 'both'
  /** Commits that main has not. */
  commits: number
  /** Lines and files that those commits change, and how many of the files are tests. */
  lines: number
  files: number
  tests: number
  /** Files of a worktree that are in no commit. */
  dirty: number
  /** How main has the work: its commits, the same patches, or the same files; null: it has not. */
  landed: 'commits' | 'patches' | 'files' | null
  /** Paths in which it conflicts with main; null: not known. */
  conflicts: readonly string[] | null
  /** Milliseconds since 1970 of the last commit. */
  lastActivity: number | null
  /** Why these facts do not tell what the work is worth; null: they do. */
  unsure: string | null
}

/** Orphaned work, with what is proposed for it. */
export type Orphan = OrphanFacts & {
  /** The newest pull request with this work. */
  pull: {number: number; state: 'open' | 'closed' | 'merged'} | null
  proposal: RecoverAction
  /** Why, in a few words. */
  why: string
  /** A person chose to leave it as it is now, so it is not proposed again. */
  isLeft: boolean
}
