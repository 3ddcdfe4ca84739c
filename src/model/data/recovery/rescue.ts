/** A rescue ref of this clone, as a list shows it. */
export type RescueRow = {
  ref: string
  oid: string
  /** `issue-7`, or the name of what it was taken of. */
  name: string
  /** Epoch milliseconds. */
  at: number
  /** First line of its message: what it was taken of, and why. */
  what: string
  /** The commit that the work was on. */
  head: string
  branch: string | null
  /** Files that were in no commit. */
  files: number
  /** The remote has it too. */
  isShared: boolean
}

/** One path that was restored: written where it belongs, written beside a file that is there, there already, or refused. */
export type Restored = {path: string; to: string | null; what: 'written' | 'beside' | 'same' | 'refused'; why?: string}
