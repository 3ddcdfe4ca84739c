import type {State} from '../core/state.ts'
import {parseAgentId} from '../data/ids.ts'
import {saysInHand} from '../data/labels.ts'
import {parseBranch} from '../data/names.ts'
import type {OrphanFacts} from '../data/recovery/orphan.ts'
import {isTrusted} from '../data/trust.ts'
import {about, type Finding, isHeld} from './finding.ts'

/** Unclaimed issues that have a branch with commits, a worktree or a claim left over; null: not known. */
export function leftWork(orphans: readonly OrphanFacts[] | null): ReadonlySet<number> | null {
  if (orphans === null) return null
  const left = orphans.filter(
    ({kind, commits, landed}) =>
      kind === 'worktree' || kind === 'claim' || (kind === 'branch' && commits > 0 && landed === null),
  )
  return new Set(left.flatMap(({issue}) => (issue === null ? [] : [issue])))
}

/**
 * Finds open issues whose labels name an agent although they are unclaimed. Those with work left over keep their labels
 * until it is recovered; `left` null: not known yet whether there is any.
 */
export function leftLabels(state: State, left: ReadonlySet<number> | null): Finding[] {
  return state.issues.flatMap((issue): Finding[] => {
    const {number} = issue
    const remove = issue.labels.filter(label => saysInHand(label, state.config.routing))
    if (remove.length === 0 || isHeld(state, number) || left?.has(number)) return []
    if (state.pulls.some(pull => parseBranch(pull.head.branch, state.config.agents.branch)?.issue === number)) return []
    const {routing} = state.config
    // If Clambake added the routing label, it would approve what a stranger may have edited since.
    const isReady = isTrusted(issue, routing)
    return [
      {
        pattern: 'label-without-claim',
        subject: `#${number}`,
        issue: number,
        agent: remove.map(parseAgentId).find(agent => agent !== undefined) ?? null,
        what: `is labelled ${remove.join(', ')}, and is unclaimed`,
        since: null,
        cure: {
          by: 'command',
          treatment: {do: 'clear-labels', issue: number, remove},
          will: isReady
            ? `take ${remove.join(', ')} off and put ${routing.routing_label} on`
            : `take ${remove.join(', ')} off; its author is a stranger, so only you label it ready again`,
          safe: true,
          next: `clambake agents diagnose ${number} --fix`,
        },
      },
    ]
  })
}

/** Finds tickets with an agent at work whose labels say nothing of it. */
export function missingLabels({tickets, issues, config}: State): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const ticket = tickets[issue.number]
    if (ticket?.value !== 'working' || issue.labels.some(label => saysInHand(label, config.routing))) return []
    const {agent, since} = ticket.context
    return [
      {
        ...about(ticket, 'claim-without-label'),
        what: `${agent} works on it, and its labels do not say so`,
        since,
        cure: {by: 'itself', will: 'the next pass sets the labels again'},
      },
    ]
  })
}
