import {withoutHtmlComments} from '../../base/text.ts'
import type {Issue} from '../data/issue.ts'

const DEPENDS = /\b(?:depends\s+on|blocked\s+by)\s*:?\s+((?:#\d+(?:\s*(?:,|and|&)\s*)?)+)/gi

/** Numbers that a body names as `Depends on #n` or `Blocked by #n`; hidden HTML comments don't count. */
export function dependenciesOf(body: string): number[] {
  const visible = withoutHtmlComments(body)
  const found = [...visible.matchAll(DEPENDS)].flatMap(match => [...match[1]!.matchAll(/#(\d+)/g)])
  return [...new Set(found.map(match => Number(match[1])))]
}

export type Dependencies = {
  /** What an issue waits for itself, still open: its text, GitHub's dependencies, and a parent its sub-issues. */
  waitsFor: ReadonlyMap<number, readonly number[]>
  /** Issues that cannot begin before this one is done, also by way of others; in the order of their numbers. */
  unblocks: ReadonlyMap<number, readonly number[]>
  /** Issues that wait for themselves, with the shortest way round: 1, 2, 1. */
  circles: ReadonlyMap<number, readonly number[]>
}

/**
 * Finds which open issues wait for which. `otherOpen`: numbers that are open too and can be waited for, such as pull
 * requests. `counts`: whose waiting gives weight to what they wait for; a stranger must not move the queue by naming
 * numbers.
 */
export function dependenciesAmong(options: {
  issues: readonly Issue[]
  otherOpen?: Iterable<number>
  counts?: (issue: Issue) => boolean
}): Dependencies {
  const {issues, otherOpen = [], counts = () => true} = options
  const open = new Set([...issues.map(({number}) => number), ...otherOpen])
  const waitsFor = new Map<number, readonly number[]>()
  const freedBy = new Map<number, number[]>()
  for (const issue of issues) {
    const named = [...dependenciesOf(issue.body), ...(issue.dependsOn ?? []), ...(issue.subIssues ?? [])]
    const needed = [...new Set(named)].filter(number => number !== issue.number && open.has(number))
    if (needed.length === 0) continue
    waitsFor.set(issue.number, needed)
    if (!counts(issue)) continue
    for (const number of needed) add(freedBy, number, issue.number)
  }
  const unblocks = new Map([...freedBy.keys()].map(number => [number, reached(number, freedBy)]))
  const circles = new Map<number, readonly number[]>()
  for (const number of behindCircles(waitsFor)) {
    const way = wayRound(number, waitsFor)
    if (way) circles.set(number, way)
  }
  return {waitsFor, unblocks, circles}
}

function add(edges: Map<number, number[]>, from: number, to: number): void {
  const known = edges.get(from)
  if (known) known.push(to)
  else edges.set(from, [to])
}

type Edges = ReadonlyMap<number, readonly number[]>

function reached(from: number, edges: Edges): number[] {
  const seen = new Set<number>()
  const ahead = [from]
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    for (const next of edges.get(at) ?? []) {
      if (next === from || seen.has(next)) continue
      seen.add(next)
      ahead.push(next)
    }
  }
  return [...seen].sort((a, b) => a - b)
}

/** What is left when all is done that can be: the circles, and what waits for them. */
function behindCircles(waitsFor: Edges): number[] {
  const left = new Map([...waitsFor].map(([number, needed]) => [number, needed.length]))
  const waiting = new Map<number, number[]>()
  for (const [number, needed] of waitsFor) {
    for (const other of needed) add(waiting, other, number)
  }
  const done = [...waiting.keys()].filter(number => !left.has(number))
  for (let at = done.pop(); at !== undefined; at = done.pop()) {
    for (const number of waiting.get(at) ?? []) {
      const count = left.get(number)! - 1
      left.set(number, count)
      if (count === 0) done.push(number)
    }
  }
  return [...left].flatMap(([number, count]) => (count > 0 ? [number] : []))
}

/** The shortest way from an issue back to itself; null: it only waits for a circle of others. */
function wayRound(from: number, waitsFor: Edges): number[] | null {
  const cameFrom = new Map<number, number>()
  let ring = [from]
  while (ring.length > 0) {
    const next: number[] = []
    for (const at of ring) {
      for (const other of waitsFor.get(at) ?? []) {
        if (other === from) return wayTo(at, cameFrom).concat(from)
        if (cameFrom.has(other)) continue
        cameFrom.set(other, at)
        next.push(other)
      }
    }
    ring = next
  }
  return null
}

function wayTo(end: number, cameFrom: ReadonlyMap<number, number>): number[] {
  const way: number[] = []
  for (let at: number | undefined = end; at !== undefined; at = cameFrom.get(at)) way.unshift(at)
  return way
}
