/**
 * A ref that only notes what was: the copy of a branch that the remote no longer has, the pin of a worktree that is gone,
 * or the last commit of a branch that landed as another one. `why` it may go; null: only it has its commits. `at`: when the
 * commit was made, in epoch milliseconds.
 */
export type Leftover = {
  what: 'tracking' | 'pin' | 'landed'
  ref: string
  oid: string
  why: string | null
  at?: number
}

/** A thing that `cleanup` would remove, and why that loses nothing. */
export type CleanupItem = {
  what: 'worktree' | 'branch' | 'tracking' | 'pin' | 'landed' | 'rescue'
  name: string
  reason: string
  /** Bytes that it frees on the disk at once. */
  bytes: number
}
