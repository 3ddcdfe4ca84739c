import {describe, expect, it} from 'vitest'
import {newState, type State} from '../../src/model/core/state.ts'
import {isAtWork, isWorkingHours} from '../../src/model/data/config/working-hours.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {selectRoutes} from '../../src/model/routing/select.ts'
import {aConfig, anIssue} from './builders.ts'

const noon = Date.UTC(2026, 5, 1, 12)
const night = Date.UTC(2026, 5, 1, 23)

describe('working hours', () => {
  it.each([
    ['09:00-17:00', 'UTC', noon, true],
    ['09:00-17:00', 'UTC', night, false],
    ['9-17', 'UTC', Date.UTC(2026, 5, 1, 17), false],
    ['9-17', 'America/Los_Angeles', noon, false],
    ['9-17', 'America/Los_Angeles', night, true],
    ['22:00-06:00', 'UTC', night, true],
    ['22:00-06:00', 'UTC', noon, false],
    ['22:00-24:00', 'UTC', Date.UTC(2026, 5, 2), false],
    ['9-17', 'Asia/Kathmandu', Date.UTC(2026, 5, 1, 3, 15), true],
    // Summer time begins at 1:00 UTC: an hour of that night is left out, and all others are as on the clock.
    ['02:00-03:00', 'Europe/Vienna', Date.UTC(2026, 2, 29, 1), false],
    ['09:00-17:00', 'Europe/Vienna', Date.UTC(2026, 2, 29, 7), true],
    ['09:00-17:00', 'Europe/Vienna', Date.UTC(2026, 2, 28, 7), false],
    ['22:00-06:00', 'Europe/Vienna', Date.UTC(2026, 2, 29, 4), false],
    // It ends at 1:00 UTC: an hour of that night comes twice.
    ['02:00-03:00', 'Europe/Vienna', Date.UTC(2026, 9, 25, 0, 30), true],
    ['02:00-03:00', 'Europe/Vienna', Date.UTC(2026, 9, 25, 1, 30), true],
    ['0-24', 'UTC', night, null],
  ] as const)('%s in %s', (working_hours, timezone, at, expected) => {
    expect(isWorkingHours(working_hours)).toBe(expected !== null)
    if (expected !== null) expect(isAtWork({working_hours, timezone}, at)).toBe(expected)
  })

  it.each(['', '9', '25-26', '9-9', '09:70-10:00', 'nine to five'])('%j are none', text => {
    expect(isWorkingHours(text)).toBe(false)
  })
})

describe('a slot outside of its working hours', () => {
  const config = aConfig({
    routing: {max_agents: 2, auto: true},
    agents: {
      'agent-001': {working_hours: '9-17', timezone: 'UTC'},
      'agent-002': {working_hours: '9-17', timezone: 'UTC'},
    },
  })
  const seen = (at: number, routing: 'auto' | 'by hand' = 'auto'): State =>
    decide(
      newState({config, mode: {routing, landing: 'by hand'}, at}),
      {type: 'githubSeen', issues: [anIssue(1), anIssue(2)], pulls: [], main: 'm'},
      at,
    ).state

  it('claims nothing by itself, and claims when they begin', () => {
    expect(Object.keys(seen(noon).tickets)).toEqual(['1', '2'])
    const waiting = seen(night)
    expect(waiting.tickets).toEqual({})
    const morning = Date.UTC(2026, 5, 2, 9)
    const later = decide(waiting, {type: 'githubSeen', issues: [anIssue(1)], pulls: [], main: 'm'}, morning)
    expect(Object.keys(later.state.tickets)).toEqual(['1'])
  })

  it('is the reason that the queue shows, and a person may pass over it', () => {
    const state = seen(night, 'by hand')
    const rows = selectRoutes(state, {}, {at: night, max: 9})
    expect(rows[0]?.held).toBe('every free agent is outside its working hours')
    expect(decide(state, {type: 'popAsked', issue: 1}, night).state.tickets[1]?.context.agent).toBe('agent001')
  })
})
