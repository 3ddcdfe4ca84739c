import type {Candidate, Gate, PriorityName} from '../data/candidate.ts'
import type {Config} from '../data/config.ts'
import type {Issue} from '../data/issue.ts'
import type {Terrain} from '../data/main-files.ts'
import {hasName} from '../data/names.ts'
import {distrustOf} from '../data/trust.ts'
import {dayOf} from '../data/usage.ts'
import {type Dependencies, dependenciesAmong} from './dependencies.ts'
import {predictPaths} from './predictions.ts'

/** Weights of the labels, from the product's conventions. */
export const PRIORITY: Record<PriorityName, number> = {unblocker: 200, merge: 100, high: 3, medium: 2, low: 1, none: 0}

/** More numbers than this say nothing to a person. */
const NUMBERS_SHOWN = 5

function priorityOf(issue: Issue, labels: Config['routing']['priority_labels']): PriorityName {
  const has = (label: string) => hasName(issue.labels, label)
  if (has(labels.unblocker)) return 'unblocker'
  if (has(labels['ready-to-merge'])) return 'merge'
  if (has(labels.high)) return 'high'
  if (has(labels.medium)) return 'medium'
  return has(labels.low) ? 'low' : 'none'
}

/**
 * All open issues in routing order: priority, then how many open issues it unblocks, then age; those that a gate
 * holds back keep their place and say why. `pulls`: numbers of open pull requests, which can be waited for as well.
 * `before`: an order that was made with the same `terrain`; paths of texts that did not change are taken from it. Pure:
 * the same issues give the same order.
 */
export function routingOrder(
  issues: readonly Issue[],
  config: Config,
  options: {pulls?: Iterable<number>; terrain?: Terrain | null; before?: readonly Candidate[]} = {},
): Candidate[] {
  const {pulls = [], terrain = null, before = []} = options
  const {routing} = config
  const known = new Map(before.map(candidate => [candidate.issue.number, candidate]))
  const pathsOf = (issue: Issue) => {
    const {issue: old, paths} = known.get(issue.number) ?? {}
    return old?.title === issue.title && old.body === issue.body && paths ? paths : predictPaths(issue, terrain)
  }
  const open = [...new Map(issues.filter(({state}) => state === 'open').map(issue => [issue.number, issue])).values()]
  const distrust = new Map(open.map(issue => [issue.number, distrustOf(issue, routing)]))
  const dependencies = dependenciesAmong({
    issues: open,
    otherOpen: pulls,
    counts: ({number}) => distrust.get(number) === null,
  })
  return open
    .map((issue): Candidate => {
      const priority = priorityOf(issue, routing.priority_labels)
      const freed = dependencies.unblocks.get(issue.number) ?? []
      const gates = gatesOf(issue, distrust.get(issue.number) ?? null, dependencies, routing)
      return {
        issue,
        priority,
        unblocks: freed,
        gate: gates[0] ?? null,
        gates,
        reasons: [
          priority === 'none' ? 'no priority label' : `priority ${priority}`,
          ...(freed.length > 0 ? [`unblocks ${numbered(freed)}`] : []),
          `opened ${dayOf(issue.createdAt, 0)}`,
        ],
        paths: routing.avoid_overlap ? pathsOf(issue) : [],
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

/** What only a person can change comes first. */
function gatesOf(
  {number, labels}: Issue,
  distrust: string | null,
  {waitsFor, circles}: Dependencies,
  routing: Config['routing'],
): Gate[] {
  const circle = circles.get(number)
  const waiting = waitsFor.get(number) ?? []
  const gates: Gate[] = []
  if (hasName(labels, routing.human_label)) gates.push({kind: 'human', text: `labelled ${routing.human_label}`})
  if (hasName(labels, routing.blocked_label)) gates.push({kind: 'blocked', text: `labelled ${routing.blocked_label}`})
  if (!hasName(labels, routing.routing_label)) gates.push({kind: 'label', text: `no label ${routing.routing_label}`})
  if (distrust !== null) gates.push({kind: 'author', text: distrust})
  if (circle) {
    gates.push({kind: 'circle', text: `waits in a circle: ${circle.map(other => `#${other}`).join(' → ')}`})
  } else if (waiting.length > 0) gates.push({kind: 'waits', text: `waits for ${numbered(waiting)}`})
  return gates
}

function numbered(numbers: readonly number[]): string {
  const shown = numbers.slice(0, NUMBERS_SHOWN).map(number => `#${number}`)
  const more = numbers.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
