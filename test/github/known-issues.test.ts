import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {
  type Entry,
  issuesOf,
  type Known,
  type Seen,
  takeAll,
  takeChanges,
} from '../../src/github/snapshot/known-issues.ts'
import type {Issue} from '../../src/model/data/issue.ts'
import {anIssue} from '../model/builders.ts'

const MINUTE = 60_000

function entry(number: number, change: Partial<Issue> = {}, more: Partial<Entry> = {}): Entry {
  return {id: `I_${number}`, issue: anIssue(number, change), parent: null, waits: 0, blockers: [], ...more}
}

function seen(entries: Entry[], change: Partial<Seen> = {}): Seen {
  const open = entries.filter(({issue}) => issue.state === 'open').length
  const newest = Math.max(0, ...entries.map(({issue}) => issue.updatedAt))
  return {entries, open, newest, labels: new Map(), ...change}
}

describe('who waits for whom', () => {
  it('has open issues alone', () => {
    const known = takeAll(
      null,
      seen([
        entry(1, {}, {blockers: [2, 3, 9]}),
        entry(2, {}, {parent: 1}),
        entry(3, {state: 'closed'}, {parent: 1}),
        entry(4, {}, {parent: undefined, blockers: undefined}),
      ]),
      0,
    )
    const [first, , last] = issuesOf(known)
    expect(first).toMatchObject({number: 1, dependsOn: [2], subIssues: [2]})
    expect(last).toEqual(anIssue(4))
  })
})

describe('what the list of changes leaves out', () => {
  const labels = new Map([['L1', 'bug']])
  const known = takeAll(null, seen([entry(1), entry(2)], {labels}), 0)
  it.each([
    ['an issue is gone', {labels, open: 1}],
    ['a label has another name', {labels: new Map([['L1', 'defect']]), open: 2}],
    ['a label is gone', {labels: new Map(), open: 2}],
  ])('%s: all has to be read', (_, change) => {
    expect(takeChanges(known, seen([entry(2)], change), 1)).toBeNull()
  })

  it('a new label is nothing, and issues that GitHub counts and does not show are asked for once', () => {
    expect(takeChanges(known, seen([], {labels: new Map([...labels, ['L2', 'new']]), open: 2}), 1)).not.toBeNull()
    const hiding = takeAll(known, seen([entry(1), entry(2)], {labels, open: 3}), 1)
    expect(takeChanges(hiding, seen([], {labels, open: 3}), 2)).not.toBeNull()
    expect(takeChanges(hiding, seen([], {labels, open: 2}), 2)).toBeNull()
  })
})

it('an older answer takes nothing back that a newer one told', () => {
  const known = takeAll(null, seen([entry(1, {updatedAt: 4000}), entry(2, {updatedAt: 4000})]), 0)
  const closed = takeChanges(known, seen([entry(1, {updatedAt: 5000, state: 'closed'})], {open: 1}), 1)!
  const old = seen([entry(1, {updatedAt: 4000})], {open: 1})
  expect(issuesOf(takeChanges(closed, old, 2)!).map(({number}) => number)).toEqual([2])
  // Read whole by a copy that knows of none of it.
  expect(issuesOf(takeAll(closed, seen([entry(1, {updatedAt: 4000})]), 2)).map(({number}) => number)).toEqual([])
})

it('many changes at once are asked for only while others of that time may still come', () => {
  const all = Array.from({length: 1000}, (_, index) => entry(index + 1, {updatedAt: 1000 * MINUTE}))
  const first = takeAll(null, seen(all), 0)
  expect(first.from).toBe(995 * MINUTE)
  const second = takeChanges(first, seen(all), 4 * MINUTE)!
  expect(second.from).toBe(995 * MINUTE)
  const third = takeChanges(second, seen(all), 5 * MINUTE)!
  expect(third.from).toBe(1000 * MINUTE + 1000)
})

/** What happens on GitHub, and the passes that look at it by a copy that is `lag` seconds behind. */
const step = fc.record({
  kind: fc.constantFrom('open', 'look', 'look', 'close', 'reopen', 'edit'),
  which: fc.integer({min: 1, max: 4}),
  wait: fc.oneof(fc.nat(5), fc.nat(200)),
  /** Seconds that what is shown of each issue is behind. */
  lags: fc.array(fc.constantFrom(0, 280), {minLength: 4, maxLength: 4}),
})

it('comes to what is true, whichever copies answered, without ever reading all again', () => {
  const outcome = fc.property(fc.array(step, {maxLength: 40}), steps => {
    let now = 1_000_000
    const past: {at: number; issues: Issue[]}[] = [{at: 0, issues: [1, 2, 3].map(number => anIssue(number))}]
    const truth = (at: number) => past.findLast(state => state.at <= at)!.issues
    let known: Known | null = null
    const look = (lags: number[]) => {
      const issues = truth(now).flatMap(
        ({number}) => truth(now - lags[number % lags.length]!).find(issue => issue.number === number) ?? [],
      )
      const newest = issues.length === 0 ? null : Math.max(...issues.map(({updatedAt}) => updatedAt))
      const answer = (entries: Issue[]): Seen => ({
        entries: entries.map(issue => entry(issue.number, issue)),
        open: issues.filter(({state}) => state === 'open').length,
        newest,
        labels: new Map(),
      })
      const at = now * 1000
      const from = known?.from ?? 0
      // Counting would find it all, so here it gets no count.
      const changed: Known | null = known && {...known, hidden: 0}
      const count = (changes: Seen) =>
        changed && takeChanges(changed, {...changes, open: openAfter(changed, changes)}, at)
      known =
        count(answer(issues.filter(({updatedAt}) => updatedAt >= from))) ??
        takeAll(known, answer(issues.filter(({state}) => state === 'open')), at)
    }
    for (const {wait, lags, ...what} of steps) {
      now += wait
      if (what.kind === 'look') {
        look(lags)
        continue
      }
      const issues = truth(now)
      const stamp = {updatedAt: now * 1000}
      const changedIssues =
        what.kind === 'open'
          ? [...issues, anIssue(issues.length + 1, stamp)]
          : issues.map(issue =>
              issue.number !== what.which
                ? issue
                : what.kind === 'edit'
                  ? {...issue, ...stamp, title: `Edited at ${now}`}
                  : {...issue, ...stamp, state: what.kind === 'close' ? ('closed' as const) : ('open' as const)},
            )
      past.push({at: now, issues: changedIssues})
    }
    look([0])
    const open = truth(now).filter(({state}) => state === 'open')
    expect(issuesOf(known!)).toEqual(open.map(issue => ({...issue, dependsOn: [], subIssues: []})))
  })
  fc.assert(outcome, {numRuns: 500})
})

/** The count that fits whatever the changes come to. */
function openAfter(known: Known, {entries}: Seen): number {
  const after = new Map([...known.entries].map(([number, {issue}]) => [number, issue]))
  for (const {issue} of entries) {
    const before = after.get(issue.number)
    if (!before || before.updatedAt <= issue.updatedAt) after.set(issue.number, issue)
  }
  return [...after.values()].filter(({state}) => state === 'open').length
}
