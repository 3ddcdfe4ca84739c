import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Issue} from '../../src/model/data/issue.ts'
import {dependenciesAmong, dependenciesOf} from '../../src/model/routing/dependencies.ts'
import {routingOrder} from '../../src/model/routing/order.ts'
import {aConfig, anIssue} from './builders.ts'

const needs = (number: number, ...others: number[]) =>
  anIssue(number, {body: others.map(other => `Depends on #${other}`).join('\n')})

describe('dependencies in a body', () => {
  it.each([
    ['Depends on #12', [12]],
    ['blocked by: #1, #2 and #3', [1, 2, 3]],
    ['see #4', []],
    ['<!-- Depends on #5 --> fine', []],
    ['Depends on #7\nBlocked by #7', [7]],
  ])('%s', (body, expected) => {
    expect(dependenciesOf(body)).toEqual(expected)
  })
})

describe('dependencies among issues', () => {
  const gates = (issues: readonly Issue[]) =>
    Object.fromEntries(routingOrder(issues, aConfig()).map(({issue, gate}) => [issue.number, gate?.text ?? null]))

  it("are those of the text, GitHub's own, and a parent's sub-issues, as far as they are open", () => {
    expect(
      gates([
        anIssue(1, {body: 'Depends on #4', dependsOn: [5, 99], subIssues: [6, 4]}),
        anIssue(2, {subIssues: [6]}),
        anIssue(3, {dependsOn: [3], body: 'Blocked by #3'}),
        ...[4, 5, 6].map(number => anIssue(number)),
      ]),
    ).toEqual({1: 'waits for #4, #5, #6', 2: 'waits for #6', 3: null, 4: null, 5: null, 6: null})
  })

  it('count all that waits for an issue, also by way of others', () => {
    const {unblocks} = dependenciesAmong({issues: [needs(3, 2), needs(2, 1), needs(4, 1), anIssue(1)]})
    expect(unblocks.get(1)).toEqual([2, 3, 4])
    expect(unblocks.get(2)).toEqual([3])
    const order = routingOrder([anIssue(5), needs(3, 2), needs(2, 1), needs(4, 1), anIssue(1)], aConfig())
    expect(order.map(({issue}) => issue.number)).toEqual([1, 2, 3, 4, 5])
    expect(order[0]?.reasons).toContain('unblocks #2, #3, #4')
  })

  it('that form a circle are reported with the shortest path, and issues behind them wait', () => {
    expect(gates([needs(1, 2), needs(2, 1, 3), needs(3, 1), needs(4, 1)])).toEqual({
      1: 'waits in a circle: #1 → #2 → #1',
      2: 'waits in a circle: #2 → #1 → #2',
      3: 'waits in a circle: #3 → #1 → #2 → #3',
      4: 'waits for #1',
    })
  })

  const graph = fc
    .uniqueArray(fc.tuple(fc.integer({min: 1, max: 12}), fc.integer({min: 1, max: 12})), {
      selector: ([from, to]) => `${from} ${to}`,
      maxLength: 40,
    })
    .map(edges =>
      Array.from({length: 12}, (_, index) => {
        const number = index + 1
        return needs(number, ...edges.flatMap(([from, to]) => (from === number ? [to] : [])))
      }),
    )

  it('agree with going all ways: a circle is a way back, what an issue unblocks are those with a way to it', () => {
    fc.assert(
      fc.property(graph, issues => {
        const {waitsFor, unblocks, circles} = dependenciesAmong({issues})
        const ways = new Map(issues.map(({number}) => [number, new Set(waitsFor.get(number) ?? [])]))
        for (const through of ways.keys()) {
          for (const [, to] of ways) if (to.has(through)) for (const next of ways.get(through)!) to.add(next)
        }
        for (const {number} of issues) {
          expect(circles.has(number), `#${number} in a circle`).toBe(ways.get(number)!.has(number))
          const waiting = issues.map(issue => issue.number).filter(other => ways.get(other)!.has(number))
          expect(unblocks.get(number) ?? [], `#${number} unblocks`).toEqual(waiting.filter(other => other !== number))
          const circle = circles.get(number) ?? []
          for (const [index, at] of circle.slice(0, -1).entries()) {
            expect(waitsFor.get(at)).toContain(circle[index + 1])
          }
          if (circle.length > 0) expect([circle[0], circle.at(-1)]).toEqual([number, number])
        }
      }),
    )
  })

  it('hold back every issue in or behind a circle, and always leave one that can begin outside of them', () => {
    fc.assert(
      fc.property(graph, issues => {
        const order = routingOrder(issues, aConfig())
        const {circles} = dependenciesAmong({issues})
        if (circles.size === 0) expect(order.some(({gate}) => gate === null)).toBe(true)
        for (const {issue, gate} of order) if (circles.has(issue.number)) expect(gate?.kind).toBe('circle')
      }),
    )
  })
})
