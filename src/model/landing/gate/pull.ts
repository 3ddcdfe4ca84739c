import {shortSha} from '../../../base/words.ts'
import {hasName} from '../../data/names.ts'
import type {GateLine} from './answer.ts'
import type {GateInput, GateIssue, GatePolicy} from './reading.ts'

type Line = Omit<GateLine, 'rule'>
type Issue = NonNullable<GateInput['reading']['issue']>

/** Whether the pull request is still open. Merged into its own base it is done; closed by hand it is refused. */
export function stateRule({reading: {pull, defaultBranch}}: GateInput): Line {
  if (pull.state === 'open') return {says: 'yes', text: 'open'}
  if (pull.state === 'closed') return {says: 'stop', text: `pull request #${pull.number} was closed by hand`}
  if (pull.base.branch === defaultBranch) return {says: 'merged', text: `merged into ${defaultBranch}`}
  return {says: 'stop', text: `#${pull.number} was merged into ${pull.base.branch}, not into ${defaultBranch}`}
}

/** Whether landing is halted in this repository. */
export function haltRule({reading: {rewrite}, expected: {halted}}: GateInput): Line {
  if (halted !== null) return {says: 'person', text: halted}
  if (rewrite) {
    const text = `main was force-pushed from ${shortSha(rewrite.from)} to ${shortSha(rewrite.to)}, so landing is halted`
    return {says: 'person', text}
  }
  return {says: 'yes', text: 'landing is not halted'}
}

/** Whether somebody decided against the work on the issue itself: closed it, kept it for a person, or blocked it. */
export function issueRule(asked: {
  issue: GateIssue | undefined
  mayBeOurBlock: boolean
  policy: Pick<GatePolicy, 'humanLabel' | 'blockedLabel'>
}): Line {
  const {issue, policy} = asked
  if (issue === undefined) return {says: 'wait', text: 'its issue could not be read'}
  if (issue === null)
    return {says: 'stop', text: 'its issue is gone from this repository: it was deleted or transferred'}
  if (issue.state === 'closed') return {says: 'stop', text: `its issue was closed by hand${asReason(issue.reason)}`}
  const {humanLabel, blockedLabel} = policy
  if (hasName(issue.labels, humanLabel)) {
    return {says: 'stop', text: `its issue is labelled ${humanLabel}`}
  }
  const block = blockOf(issue, blockedLabel)
  if (block === null) return {says: 'yes', text: 'its issue is open'}
  // What the daemon itself wrote before the ticket went on is taken back in a moment.
  if (asked.mayBeOurBlock) return {says: 'wait', text: `${block}, maybe by the daemon before it went on`}
  return {says: 'stop', text: `${block} by hand`}
}

function blockOf({labels, column}: Issue, blockedLabel: string): string | null {
  if (hasName(labels, blockedLabel)) return `its issue was labelled ${blockedLabel}`
  return column === 'Blocked' || column === 'Backlog' ? `its card was moved to ${column}` : null
}

function asReason(reason: string | null): string {
  return reason === null ? '' : ` as ${reason.replaceAll('_', ' ')}`
}

/** Whether the pull request still leads into the branch that the work was made for. */
export function baseRule({reading: {pull, defaultBranch, comparedWith}}: GateInput): Line {
  if (defaultBranch !== comparedWith) {
    const branches = `GitHub's default branch is ${defaultBranch || 'not known'}, and this daemon works with ${comparedWith}`
    return {says: 'person', text: `${branches}; clambake daemon restart takes up the new one`}
  }
  if (pull.base.branch === defaultBranch) return {says: 'yes', text: `into ${defaultBranch}`}
  return {
    says: 'person',
    text: `its base was changed to ${pull.base.branch} by hand; set it back to ${defaultBranch}, or merge it yourself`,
  }
}

/** Whether the head is the commit that the daemon pushed. GitHub's answer may be old, so a difference waits at first. */
export function headRule({reading: {pull}, expected: {head}}: GateInput): Line {
  if (head !== null && pull.head.sha === head) return {says: 'yes', text: `head ${shortSha(head)}`}
  return {says: 'wait', text: `its branch holds ${shortSha(pull.head.sha)}, which the daemon did not push`}
}

/** Whether a person keeps the pull request itself from landing: as a draft, or by the label that keeps work for people. */
export function draftRule({reading: {pull, labels}, policy: {humanLabel}}: GateInput): Line {
  if (pull.draft) return {says: 'person', text: `#${pull.number} was made a draft; mark it ready for review to land it`}
  if (labels === null) return {says: 'wait', text: 'its labels could not be read'}
  if (hasName(labels, humanLabel)) {
    return {
      says: 'person',
      text: `#${pull.number} is labelled ${humanLabel}; take that off to land it, or merge it yourself`,
    }
  }
  return {says: 'yes', text: 'no draft'}
}

/** Whether it merges cleanly. GitHub computes that late; until then it waits. */
export function conflictsRule({reading, expected}: GateInput): Line {
  const {pull, conflicts, defaultBranch} = reading
  if (pull.mergeable === 'clean') return {says: 'yes', text: `merges cleanly into ${pull.base.branch}`}
  if (pull.mergeable === 'unknown') return {says: 'wait', text: 'GitHub does not know yet whether it merges cleanly'}
  if (pull.head.sha !== expected.head) return {says: 'wait', text: 'GitHub answered for another commit'}
  if (expected.repairsFirst !== null) {
    return {says: 'wait', text: `conflicts with ${defaultBranch}, and #${expected.repairsFirst} is repaired first`}
  }
  return {says: 'agent', text: `conflicts with ${defaultBranch}`, repair: {kind: 'conflict', paths: conflicts}}
}

/** What GitHub says where it would merge. Of `behind` the rule about main decides, which a merge queue may lift. */
const MERGEABLE: readonly string[] = ['clean', 'has_hooks', 'behind']

/** Whether GitHub itself would merge it, or take it into the merge queue, which tests it with main and then merges. */
export function forgeRule({reading: {pull, rules, mergeState, queue, autoMerge}, expected}: GateInput): Line {
  if (queue?.in === true) {
    const place = queue.place === null ? '' : `, place ${queue.place}`
    return {says: 'wait', text: `is in the merge queue of ${pull.base.branch}${place}`}
  }
  if (rules === null) return {says: 'wait', text: `the rules of ${pull.base.branch} could not be read`}
  if (mergeState === 'blocked') {
    const then = autoMerge ? ', which merges it by itself once it may (auto-merge)' : ''
    return {says: 'wait', text: `a rule of ${pull.base.branch} blocks it on GitHub${then}`}
  }
  if (mergeState === 'unstable') return {says: 'wait', text: 'GitHub says that not all of its checks have passed'}
  if (mergeState === null || mergeState === 'unknown') {
    return {says: 'wait', text: 'GitHub does not say yet whether it may merge'}
  }
  if (!MERGEABLE.includes(mergeState)) return {says: 'wait', text: `GitHub says of a merge: ${mergeState}`}
  if (!rules.mergeQueue) return {says: 'yes', text: 'GitHub would merge it'}
  if (queue !== null && !expected.requeue) {
    const why = queue.reason.replaceAll('_', ' ')
    return {
      says: 'person',
      text: `GitHub took it out of the merge queue (${why}); see #${pull.number} there; clambake land adds it again`,
    }
  }
  return {says: 'yes', text: `goes into the merge queue of ${pull.base.branch}`}
}

/** Whether the head contains the base's tip: only then is what was checked what a merge makes. */
export function upToDateRule({reading: {base, mergeState, defaultBranch, rules}}: GateInput): Line {
  if (base === null) return {says: 'wait', text: `the tip of ${defaultBranch} could not be read`}
  if (rules?.mergeQueue) return {says: 'yes', text: `the merge queue tests it with ${defaultBranch}`}
  if (!base.contained || mergeState === 'behind') {
    return {says: 'update', text: `${defaultBranch} moved to ${shortSha(base.tip)}, which its checks did not see`}
  }
  return {says: 'yes', text: `contains ${defaultBranch} ${shortSha(base.tip)}`}
}
