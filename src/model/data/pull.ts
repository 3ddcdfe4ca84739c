import type {Review} from './discussion.ts'

export type CheckFailure = {name: string; summary: string; url: string | null}

/** All check runs and statuses of one commit as one verdict, bound to that commit. */
export type Checks = {
  sha: string
  state: 'none' | 'pending' | 'passed' | 'failed'
  total: number
  done: number
}

/** A pull request as Clambake reads it. */
export type Pull = {
  number: number
  title: string
  state: 'open' | 'closed' | 'merged'
  /** The merge commit, once merged. */
  mergeCommit: string | null
  /** The branch of a fork is `owner:branch`, which is the name of no branch. */
  head: {branch: string; sha: string}
  base: {branch: string; sha: string}
  mergeable: 'clean' | 'conflict' | 'unknown'
  draft: boolean
  /** Lists tell only whether a review was asked for: otherwise unknown. */
  review: Review
  url: string
  createdAt: number
  updatedAt: number
  /** null: not asked yet. A list tells how many failed, not which. */
  checks: Checks | null
  /** Issues of this repository that its merge closes; undefined: not asked. */
  closes?: readonly number[]
}

/** Whether its branch is in a fork, where people without any rights here choose the names. */
export function isOfFork({head}: Pick<Pull, 'head'>): boolean {
  return head.branch.includes(':')
}

/** What is asked of the pull request of a ticket's branch. `head`: its commit. */
export type BranchPull = Pick<Pull, 'number' | 'state' | 'draft'> & {head: string}
