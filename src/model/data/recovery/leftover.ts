/**
 * A ref that only notes what was: the copy of a branch that the remote no longer has, or the pin of a worktree that is
 * gone. `why` it may go; null: only it has its commits.
 */
export type Leftover = {what: 'tracking' | 'pin'; ref: string; oid: string; why: string | null}

/** A thing that `cleanup` would remove, and why that loses nothing. */
export type CleanupItem = {
  what: 'worktree' | 'branch' | 'tracking' | 'pin' | 'rescue'
  name: string
  reason: string
  /** Bytes that it frees on the disk at once. */
  bytes: number
}
