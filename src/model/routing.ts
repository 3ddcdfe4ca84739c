import type {Config} from './config.ts'
import type {Association, Issue} from './issue.ts'

export type PriorityName = 'unblocker' | 'merge' | 'high' | 'medium' | 'low' | 'none'

/** Weights of the labels, from the product's conventions. */
export const PRIORITY: Record<PriorityName, number> = {unblocker: 200, merge: 100, high: 3, medium: 2, low: 1, none: 0}

export type Gate = {kind: 'human' | 'waits' | 'label' | 'author' | 'blocked'; text: string}

export type Candidate = {
  issue: Issue
  priority: PriorityName
  /** Open issues that wait for this one. */
  unblocks: readonly number[]
  /** null: may be routed. */
  gate: Gate | null
  /** Why it stands where it stands, for `peek` and `why`. */
  reasons: readonly string[]
}

const TRUSTED: readonly Association[] = ['OWNER', 'MEMBER', 'COLLABORATOR']
const DEPENDS = /\b(?:depends\s+on|blocked\s+by)\s*:?\s+((?:#\d+(?:\s*(?:,|and|&)\s*)?)+)/gi

/** Numbers that a body names as `Depends on #n` or `Blocked by #n`; hidden HTML comments don't count. */
export function dependenciesOf(body: string): number[] {
  const visible = body.replace(/<!--[\s\S]*?(-->|$)/g, '')
  const found = [...visible.matchAll(DEPENDS)].flatMap(match => [...match[1]!.matchAll(/#(\d+)/g)])
  return [...new Set(found.map(match => Number(match[1])))]
}

export function priorityOf(issue: Issue, labels: Config['routing']['priority_labels']): PriorityName {
  const has = (label: string) => issue.labels.includes(label)
  if (has(labels.unblocker)) return 'unblocker'
  if (has(labels['ready-to-merge'])) return 'merge'
  if (has(labels.high)) return 'high'
  if (has(labels.medium)) return 'medium'
  return has(labels.low) ? 'low' : 'none'
}

/**
 * All open issues in routing order: priority, then how many open issues it unblocks, then age; those that a gate
 * holds back keep their place and say why. Pure: the same issues give the same order.
 */
export function routingOrder(issues: readonly Issue[], config: Config): Candidate[] {
  const open = new Map(issues.filter(issue => issue.state === 'open').map(issue => [issue.number, issue]))
  const waitsFor = new Map([...open.values()].map(issue => [issue.number, dependenciesOf(issue.body)]))
  const unblocks = new Map<number, number[]>()
  for (const [waiting, needed] of waitsFor) {
    for (const number of needed) unblocks.set(number, [...(unblocks.get(number) ?? []), waiting])
  }
  return [...open.values()]
    .map((issue): Candidate => {
      const priority = priorityOf(issue, config.routing.priority_labels)
      const waiting = (waitsFor.get(issue.number) ?? []).filter(number => open.has(number) && number !== issue.number)
      const freed = unblocks.get(issue.number) ?? []
      return {
        issue,
        priority,
        unblocks: freed,
        gate: gateOf(issue, waiting, config.routing),
        reasons: [
          priority === 'none' ? 'no priority label' : `priority ${priority}`,
          ...(freed.length > 0 ? [`unblocks ${freed.map(number => `#${number}`).join(', ')}`] : []),
        ],
      }
    })
    .sort(
      (a, b) =>
        PRIORITY[b.priority] - PRIORITY[a.priority] ||
        b.unblocks.length - a.unblocks.length ||
        a.issue.createdAt - b.issue.createdAt ||
        a.issue.number - b.issue.number,
    )
}

function gateOf(issue: Issue, waiting: readonly number[], routing: Config['routing']): Gate | null {
  if (issue.labels.includes(routing.human_label)) return {kind: 'human', text: `labelled ${routing.human_label}`}
  if (issue.labels.includes(routing.blocked_label)) return {kind: 'blocked', text: `labelled ${routing.blocked_label}`}
  if (!issue.labels.includes(routing.routing_label)) return {kind: 'label', text: `no label ${routing.routing_label}`}
  if (!TRUSTED.includes(issue.association) && !routing.trusted_authors.includes(issue.author)) {
    return {kind: 'author', text: `${issue.author} is not in routing.trusted_authors`}
  }
  if (waiting.length > 0) {
    return {kind: 'waits', text: `waits for ${waiting.map(number => `#${number}`).join(', ')}`}
  }
  return null
}
