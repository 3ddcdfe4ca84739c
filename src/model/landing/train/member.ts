import {shortSha} from '../../../base/words.ts'
import type {BundleWork} from '../../data/landing/bundle.ts'
import {hasName} from '../../data/names.ts'
import type {BranchPull} from '../../data/pull.ts'
import {protectedChanges} from '../gate/protected-paths.ts'
import {issueRule} from '../gate/pull.ts'
import type {GateChange, GateIssue, GatePolicy} from '../gate/reading.ts'

/** What GitHub and git say of a member of a bundle at one moment. What could not be read is no yes. */
export type MemberReading = {
  ticket: number
  issue: GateIssue | undefined
  /** Commit of its branch on the remote; null: no such branch. */
  head: string | null
  /** How its head differs from main; null: not known. */
  changes: readonly GateChange[] | null
  /** The pull request of its own branch, as `BundleForge.pullsOfBranches` gives it; undefined: not asked. */
  pull?: BranchPull | null
}

/**
 * Whether a ticket may be aboard. `alone`: it lands by its own pull request, where a person can approve it. `stop`: a
 * person decided against it. `wait`: it could not be read.
 */
export type MemberAnswer = {is: 'yes'} | {is: 'wait' | 'stop' | 'alone' | 'moved'; reason: string}

/**
 * The gate for a member of a bundle. `mayBeOurBlock`: as in the gate's expectation; `aloneLabel`: the label of tickets that
 * land alone. Pure.
 */
export function judgeMember(
  reading: MemberReading,
  {
    work,
    mayBeOurBlock,
    policy,
    aloneLabel,
  }: {work: BundleWork; mayBeOurBlock: boolean; policy: GatePolicy; aloneLabel: string},
): MemberAnswer {
  const {says, text} = issueRule({issue: reading.issue, mayBeOurBlock, policy})
  if (says === 'stop') return {is: 'stop', reason: text}
  if (says !== 'yes') return {is: 'wait', reason: text}
  if (reading.head !== work.head) {
    const at = reading.head === null ? 'is gone' : `holds ${shortSha(reading.head)}`
    return {is: 'moved', reason: `${work.branch} ${at}, which the daemon did not push`}
  }
  const byHand = ownPullRule(reading.pull, work)
  if (byHand) return byHand
  if (hasName(reading.issue?.labels ?? [], aloneLabel)) return {is: 'alone', reason: `it is labelled ${aloneLabel}`}
  if (policy.protectedPaths.length === 0 && !policy.protectTests) return {is: 'yes'}
  if (reading.changes === null) return {is: 'wait', reason: 'its changed files could not be read'}
  const reason = guardedBy(reading.changes, policy)
  return reason === null ? {is: 'yes'} : {is: 'alone', reason}
}

/** Why work lands by its own pull request, where a person can approve it; null: it changes nothing that is protected. */
export function guardedBy(
  changes: readonly GateChange[],
  policy: Pick<GatePolicy, 'protectedPaths' | 'protectTests'>,
): string | null {
  const [found] = protectedChanges(changes, policy)
  return found === undefined ? null : `it ${found}, which needs a person`
}

/**
 * A person opened a pull request of a ticket's own branch, as tickets of bundles have none. The ticket lands by it while it
 * is open, where its gate hears what people say there. Closed with this very work it is a no, as when the ticket lands alone.
 */
function ownPullRule(pull: BranchPull | null | undefined, {head}: BundleWork): MemberAnswer | null {
  if (!pull || pull.state === 'merged') return null
  if (pull.state === 'open') return {is: 'alone', reason: openOfItsBranch(pull)}
  return pull.head === head ? {is: 'stop', reason: `#${pull.number} of its branch was closed by hand`} : null
}

/** Why a ticket lands by the open pull request of its branch. */
export function openOfItsBranch({number, draft}: Pick<BranchPull, 'number' | 'draft'>): string {
  return `#${number} of its branch is ${draft ? 'a draft' : 'open'}`
}
