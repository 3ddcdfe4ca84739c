import {expect, it} from 'vitest'
import {newState, type State} from '../../src/model/core/state.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {withIssues} from '../../src/model/routing/queue.ts'
import {whyTaken} from '../../src/model/routing/taken.ts'
import {aConfig, anIssue} from './builders.ts'

const config = aConfig({routing: {max_agents: 2}})
const start = newState({config, mode: {routing: 'by hand', landing: 'by hand'}, at: 0})
const HIGH = ['route:ready', 'route:priority-high']

/** Five issues: three before the first that can be claimed. */
const state: State = withIssues(start, [
  anIssue(1, {labels: [...HIGH, 'human-only']}),
  anIssue(2, {labels: HIGH, body: 'Depends on #5'}),
  anIssue(3, {labels: HIGH, body: 'Depends on #5'}),
  anIssue(4, {labels: ['route:ready', 'route:priority-low']}),
  anIssue(5, {labels: ['route:ready', 'route:blocked']}),
])

it('says the place in the order, what put it there, and what holds back those before it', () => {
  expect(whyTaken(state, 4, 0)).toMatch(
    /^4 of 5 in order: priority low, opened \d{4}-\d\d-\d\d; before it 2 wait for others, 1 for a person$/,
  )
  expect(whyTaken(state, 99, 0)).toBeNull()
})

it('is kept with a ticket that was claimed as the next one, and not with one that a person chose', () => {
  const next = decide(state, {type: 'popAsked', issue: 4, inOrder: true}, 0)
  expect(next.state.tickets[4]?.context.taken).toContain('4 of 5 in order')
  expect(next.effects).toContainEqual(expect.objectContaining({name: 'claimTicket', taken: expect.any(String)}))
  const named = decide(state, {type: 'popAsked', issue: 4}, 0)
  expect(named.state.tickets[4]?.context.taken).toBeNull()
})

it('does not count issues that are at work already', () => {
  const {state: working} = decide(state, {type: 'popAsked', issue: 1}, 0)
  expect(whyTaken(working, 4, 0)).toMatch(/^3 of 4 in order: .*; before it 2 wait for others$/)
})
