import type {AgentId} from '../ids.ts'

/** A ticket's pushed work, as a bundle carries it. */
export type BundleWork = {
  ticket: number
  title: string
  branch: string
  /** The pushed commit that its agent's work was verified at. */
  head: string
}

/** A ticket aboard a bundle. */
export type BundleMember = BundleWork & {agent: AgentId}

/** The commit that a ticket's work became in a bundle, on top of those of the tickets before it. */
export type BundleCommit = {ticket: number; commit: string}

/** A branch on which the first `size` members of a bundle are tested together. */
export type BundleTrial = {branch: string; size: number}

/** A trial that was pushed and has its pull request. */
export type OpenTrial = BundleTrial & {commit: string; pull: number}
