import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {routingOrder} from '../../src/model/routing/order.ts'
import {aConfig, anIssue} from './builders.ts'

const config = aConfig()
const numbers = (issues: Parameters<typeof routingOrder>[0]) => routingOrder(issues, config).map(c => c.issue.number)
const gates = (issues: Parameters<typeof routingOrder>[0]) =>
  Object.fromEntries(routingOrder(issues, config).map(c => [c.issue.number, c.gate?.text ?? null]))

describe('routing order', () => {
  it('puts unblockers before merge-ready before high, medium, low and none', () => {
    const labelled = (number: number, label: string) => anIssue(number, {labels: ['route:ready', label]})
    expect(
      numbers([
        anIssue(1),
        labelled(2, 'route:priority-low'),
        labelled(3, 'route:priority-medium'),
        labelled(4, 'route:priority-high'),
        labelled(5, 'route:ready-to-merge'),
        labelled(6, 'route:unblocker'),
      ]),
    ).toEqual([6, 5, 4, 3, 2, 1])
  })

  it('puts an issue that others wait for before an older one of the same priority', () => {
    expect(numbers([anIssue(1), anIssue(2), anIssue(3, {body: 'Depends on #2'})])).toEqual([2, 1, 3])
  })

  it('compares label names as GitHub does, without regard to case', () => {
    const issues = [
      anIssue(1, {labels: ['route:ready', 'Human-Only']}),
      anIssue(2, {labels: ['Route:Ready', 'Route:Priority-High']}),
    ]
    const [ready, forPerson] = routingOrder(issues, config)
    expect(forPerson?.gate?.text).toBe('labelled human-only')
    expect(ready).toMatchObject({gate: null, priority: 'high'})
  })

  it('holds back what is for humans, blocked, unlabelled, from outside or waiting, and says why', () => {
    expect(
      gates([
        anIssue(1, {labels: ['route:ready', 'human-only']}),
        anIssue(2, {labels: ['route:ready', 'route:blocked']}),
        anIssue(3, {labels: []}),
        anIssue(4, {association: 'NONE', author: 'mallory'}),
        anIssue(5, {body: 'Blocked by #6, #99'}),
        anIssue(6),
      ]),
    ).toEqual({
      1: 'labelled human-only',
      2: 'labelled route:blocked',
      3: 'no label route:ready',
      4: 'mallory is not in routing.trusted_authors',
      5: 'waits for #6',
      6: null,
    })
  })

  it('never depends on the order in which issues arrive', () => {
    const issues = fc.uniqueArray(
      fc.record({number: fc.integer({min: 1, max: 40}), high: fc.boolean(), needs: fc.integer({min: 1, max: 40})}),
      {selector: issue => issue.number, maxLength: 20},
    )
    fc.assert(
      fc.property(issues, fc.infiniteStream(fc.nat()), (list, noise) => {
        const made = list.map(({number, high, needs}) =>
          anIssue(number, {
            createdAt: 1,
            body: `Depends on #${needs}`,
            labels: ['route:ready', ...(high ? ['route:priority-high'] : [])],
          }),
        )
        const shuffled = made
          .map(issue => ({issue, key: noise.next().value as number}))
          .sort((a, b) => a.key - b.key)
          .map(({issue}) => issue)
        expect(routingOrder(shuffled, config).map(c => [c.issue.number, c.gate])).toEqual(
          routingOrder(made, config).map(c => [c.issue.number, c.gate]),
        )
      }),
    )
  })
})

describe('the author gate', () => {
  const stranger = (number: number, change: Partial<Parameters<typeof anIssue>[1]> = {}) =>
    anIssue(number, {association: 'NONE', author: 'mallory', ...change})

  it('lets a stranger’s issue through that a maintainer labelled after the last edit, and none on unknown facts', () => {
    expect(
      gates([
        stranger(1),
        stranger(2, {approvedAt: 10}),
        stranger(3, {editedAt: null}),
        stranger(4, {approvedAt: null, editedAt: null}),
        stranger(5, {approvedAt: 10, editedAt: null}),
        stranger(6, {approvedAt: 10, editedAt: 9}),
        stranger(7, {approvedAt: 10, editedAt: 10}),
        stranger(8, {approvedAt: 10, editedAt: 11}),
        anIssue(9, {editedAt: 11, approvedAt: 10}),
      ]),
    ).toEqual({
      1: 'mallory is not in routing.trusted_authors',
      2: 'mallory is not in routing.trusted_authors',
      3: 'mallory is not in routing.trusted_authors',
      4: 'mallory is not in routing.trusted_authors',
      5: null,
      6: null,
      7: 'edited since route:ready was put on it: take the label off and put it on again',
      8: 'edited since route:ready was put on it: take the label off and put it on again',
      9: null,
    })
  })

  it('gives no weight to what strangers say that they wait for', () => {
    expect(numbers([anIssue(1), anIssue(2), stranger(3, {body: 'Depends on #2'})])).toEqual([1, 2, 3])
    const approved = stranger(3, {body: 'Depends on #2', approvedAt: 1, editedAt: null})
    expect(numbers([anIssue(1), anIssue(2), approved])).toEqual([2, 1, 3])
  })
})

it('lists all that holds an issue back, first what a person must change', () => {
  const labels = ['human-only', 'route:blocked']
  const strange = anIssue(1, {labels, association: 'NONE', author: 'eve', body: 'Depends on #2'})
  const [candidate] = routingOrder([strange, anIssue(2)], config).filter(({issue}) => issue.number === 1)
  expect(candidate?.gates.map(({kind}) => kind)).toEqual(['human', 'blocked', 'label', 'author', 'waits'])
  expect(candidate?.gate).toEqual(candidate?.gates[0])
})

it('an open pull request is waited for as an issue is', () => {
  const [candidate] = routingOrder([anIssue(1, {body: 'Blocked by #7'})], config, {pulls: [7]})
  expect(candidate?.gate?.text).toBe('waits for #7')
})
