import {describe, expect, it} from 'vitest'
import {newState} from '../../src/model/core/state.ts'
import {withIssues} from '../../src/model/routing/queue.ts'
import {type RouteFilter, selectRoutes} from '../../src/model/routing/select.ts'
import {aConfig, anIssue} from './builders.ts'

const READY = 'route:ready'
const state = withIssues(newState({config: aConfig(), mode: {routing: 'by hand', landing: 'by hand'}, at: 0}), [
  anIssue(1, {labels: [READY, 'route:priority-high', 'bug']}),
  anIssue(2, {labels: [READY, 'docs']}),
  anIssue(3, {labels: [READY, 'human-only']}),
  anIssue(4, {labels: ['bug']}),
  anIssue(5, {association: 'NONE', author: 'eve'}),
  anIssue(6, {body: 'Depends on #2'}),
  anIssue(7, {labels: [READY, 'route:blocked']}),
])

function chosen(filter: RouteFilter, max = 9): number[] {
  return selectRoutes(state, filter, {at: 0, max}).flatMap(({number, held}) => (held === null ? [number] : []))
}

describe('a selection', () => {
  it.each<[string, RouteFilter, number[]]>([
    ['all that nothing holds back', {}, [1, 2]],
    ['this priority or a higher one', {priority: 'medium'}, [1]],
    ['one of the labels', {labels: ['docs', 'other']}, [2]],
    ['none of the labels', {excludeLabels: ['docs']}, [1]],
    ['none of the labels, as GitHub compares names', {excludeLabels: ['Docs']}, [1]],
    ['one issue', {issue: 2}, [2]],
    ['by force also those without the label or of strangers, never the rest', {force: true}, [1, 2, 4, 5]],
    ['not by force what a person must do', {force: true, issue: 3}, []],
  ])('takes %s', (_, filter, numbers) => {
    expect(chosen(filter).toSorted()).toEqual(numbers)
  })

  it('says of each that it takes by force what was passed over', () => {
    const passed = (number: number, filter: RouteFilter) =>
      selectRoutes(state, filter, {at: 0, max: 9}).find(row => row.number === number)?.passed
    expect(passed(5, {force: true})).toEqual(['eve is not in routing.trusted_authors'])
    expect(passed(4, {force: true})).toEqual(['no label route:ready'])
    expect(passed(1, {force: true})).toEqual([])
    expect(passed(5, {})).toEqual([])
  })

  it('ends with the free agents, and says so of the next', () => {
    expect(chosen({}, 1)).toEqual([1])
    expect(selectRoutes(state, {}, {at: 0, max: 1}).find(({number}) => number === 2)?.held).toBe(
      'no agent is left for it',
    )
  })

  it('leaves out what somebody has, and what was refused a moment ago', () => {
    const busy = {...state, refused: {1: {reason: 'contested', until: 10}, 2: {reason: 'long ago', until: 0}}}
    const rows = selectRoutes(busy, {}, {at: 5, max: 9})
    expect(rows.find(({number}) => number === 1)?.held).toBe('its claim was refused: contested')
    expect(rows.find(({number}) => number === 2)?.held).toBeNull()
  })
})
