import * as z from 'zod'
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

/** What a train tests, as the claims of its tickets note it, so that a daemon that starts again continues it. */
export const notedTest = z.object({
  /** Tickets aboard, in order. */
  members: z.array(z.number().int().positive()).readonly(),
  /** How many of them, from the first, each trial tests together. */
  sizes: z.array(z.number().int().positive()).readonly(),
  /** 0: the whole bundle is tested. */
  round: z.number().int().nonnegative(),
  attempt: z.number().int().nonnegative(),
  /** All members together were red, twice. */
  knownRed: z.boolean(),
  /** Names of checks that failed in it last. */
  failed: z.array(z.string()).readonly(),
})
export type NotedTest = z.infer<typeof notedTest>

/** A claim is a commit's message, and names of checks are whatever their workflow says. */
const [MOST_FAILED, LONGEST_NAME] = [10, 200]

/** Names of failed checks, as many and as long as a claim notes them. */
export function notedNames(failures: readonly {name: string}[]): string[] {
  return failures.slice(0, MOST_FAILED).map(({name}) => name.slice(0, LONGEST_NAME))
}

/** `bundle/20261129-094703-12`, and the parts of it that are tested by themselves. */
const BRANCH = /^bundle\/\d{8}-\d{6}-\d+(-\d+-\d+)?$/

/** A branch's name of a bundle that departs at `at` (epoch milliseconds) with this ticket first. */
export function bundleBranch(at: number, ticket: number): string {
  const time = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  return `bundle/${time}-${ticket}`
}

/** Whether a train made the branch. What it holds is on the tickets' own branches as well. */
export function isBundleBranch(branch: string): boolean {
  return BRANCH.test(branch)
}
