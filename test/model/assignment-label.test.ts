import {expect, it} from 'vitest'
import {newState} from '../../src/model/core/state.ts'
import {labelSet, saysInHand, statusLabels} from '../../src/model/data/labels.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {showOf, strayLabels} from '../../src/model/mirror/show.ts'
import {aConfig, anIssue} from './builders.ts'

it('the configured assignment label is on every ticket that an agent has, and taken off with the others', () => {
  const config = aConfig({routing: {assignment_label: 'agent:assigned'}})
  const {routing} = config
  const issues = [anIssue(1), anIssue(2, {labels: ['agent:assigned']})]
  const start = newState({config, mode: {routing: 'by hand', landing: 'by hand'}, at: 0})
  const seen = decide(start, {type: 'githubSeen', issues, pulls: [], main: 'm'}, 0).state
  const claimed = decide(seen, {type: 'popAsked', issue: 1}, 0).state
  const {state} = decide(claimed, {type: 'ticketClaimed', ticket: 1, base: 'm', session: 's'}, 0)
  expect(showOf(state.tickets[1]!, state)?.labels).toEqual(['agent001', 'agent:in-progress', 'agent:assigned'])
  expect(strayLabels(state)).toEqual([{ticket: 2, labels: ['agent:assigned']}])
  expect(statusLabels(['agent001'], routing)).toContain('agent:assigned')
  expect(saysInHand('Agent:Assigned', routing)).toBe(true)
  expect(labelSet(routing, 1).map(({name}) => name)).toContain('agent:assigned')
  expect(labelSet(aConfig().routing, 1).map(({name}) => name)).not.toContain('agent:assigned')
})
