import type {State} from '../core/state.ts'
import {parseAgentId} from '../data/ids.ts'
import type {Issue} from '../data/issue.ts'
import {parseBranch} from '../data/names.ts'
import {isTrusted} from '../data/trust.ts'
import {about, type Finding, type Found, isHeld} from './finding.ts'

const IN_HAND = ['agent:in-progress', 'agent:review']

/** Labels which say that an agent has the issue. */
function labelsInHand({labels}: Issue): string[] {
  return labels.filter(label => IN_HAND.includes(label) || /^agent\d{3}$/.test(label))
}

/** Unclaimed issues that have a branch with commits, a worktree or a claim left over; null: not known. */
export function leftWork({orphans, landed}: Pick<Found, 'orphans' | 'landed'>): ReadonlySet<number> | null {
  if (orphans === null) return null
  const left = orphans.filter(({kind, commits, head}) => kind !== 'branch' || (commits > 0 && !landed.has(head ?? '')))
  return new Set(left.flatMap(({issue}) => (issue === null ? [] : [issue])))
}

/**
 * Finds open issues whose labels name an agent although they are unclaimed. Those with work left over keep their labels
 * until it is recovered; `left` null: not known yet whether there is any.
 */
export function leftLabels(state: State, left: ReadonlySet<number> | null): Finding[] {
  return state.issues.flatMap((issue): Finding[] => {
    const {number} = issue
    const remove = labelsInHand(issue)
    if (remove.length === 0 || isHeld(state, number) || left?.has(number)) return []
    if (state.pulls.some(pull => parseBranch(pull.head.branch)?.issue === number)) return []
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
            : `take ${remove.join(', ')} off; as a stranger's it is put back to ready by you`,
          safe: true,
          next: `clambake agents diagnose ${number} --fix`,
        },
      },
    ]
  })
}

export function missingLabels({tickets, issues}: State): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const ticket = tickets[issue.number]
    if (ticket?.value !== 'working' || labelsInHand(issue).length > 0) return []
    const {agent, since} = ticket.context
    return [
      {
        ...about(ticket, 'claim-without-label'),
        what: `${agent} works on it, and its labels do not say so`,
        since,
        cure: {by: 'itself', will: 'the labels are shown again by the next look'},
      },
    ]
  })
}
