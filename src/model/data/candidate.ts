import type {Issue} from './issue.ts'
import type {Prediction} from './main-files.ts'

export type PriorityName = 'unblocker' | 'merge' | 'high' | 'medium' | 'low' | 'none'

export type Gate = {kind: 'human' | 'waits' | 'circle' | 'label' | 'author' | 'blocked'; text: string}

export type Candidate = {
  issue: Issue
  priority: PriorityName
  /** Open issues that wait for this one, directly or through others. */
  unblocks: readonly number[]
  /** The first of `gates`; null: may be routed. */
  gate: Gate | null
  /** All that holds it back. */
  gates: readonly Gate[]
  /** Why it has its place in the order, for `peek` and `why`. */
  reasons: readonly string[]
  /** What work on it likely touches. */
  paths: readonly Prediction[]
}
