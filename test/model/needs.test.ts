import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {explain} from '../../src/daemon/api/why.ts'
import {project, type ScreenData} from '../../src/daemon/project.ts'
import {AGENT_STATES} from '../../src/model/agent/states.ts'
import type {Retry} from '../../src/model/core/retry.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import {agentId} from '../../src/model/data/ids.ts'
import {needsOf} from '../../src/model/recovery/needs.ts'
import {newContext} from '../../src/model/ticket/context.ts'
import {holdsSlot, TICKET_STATES} from '../../src/model/ticket/states.ts'
import type {TicketValue} from '../../src/model/ticket/ticket.ts'
import {NO_HUB} from '../../src/protocol/daemon/hub.ts'
import {aConfig} from './builders.ts'

const MINUTE = 60_000
const AROUND: ScreenData = {
  ...{
    repository: 'acme/widgets',
    root: '/repo',
    readOnly: false,
    nextTrain: null,
    api: null,
    events: [],
    hub: NO_HUB,
    troubles: [],
  },
  ...{reviews: new Map(), asks: () => null, claimOf: () => ({}), said: () => [], jobs: [], at: 0},
}

type Slot = 'working' | 'waiting' | 'limited' | 'cleanup'
type Case = {value: TicketValue; slot: Slot; retry: Retry['error']['code'] | null; minutes: number; autoMerge: boolean}

const one: fc.Arbitrary<Case> = fc.record({
  value: fc.constantFrom(...(Object.keys(TICKET_STATES) as TicketValue[])),
  slot: fc.constantFrom('working', 'waiting', 'limited', 'cleanup'),
  retry: fc.constantFrom(null, null, 'remote-unreachable', 'github-bad-token', 'run-interrupted', 'disk-full'),
  minutes: fc.constantFrom(0, 2, 6, 90),
  autoMerge: fc.boolean(),
})

/** A state with a ticket of each case; what is retried has failed since the beginning. */
function stateOf(cases: readonly Case[], autoMerge: boolean): State {
  const config = aConfig({integration: {auto_merge: autoMerge}, routing: {max_agents: 12}})
  let state = newState({config, mode: {routing: 'off', landing: 'by hand'}, at: 0})
  for (const [index, {value, slot, retry}] of cases.entries()) {
    const [issue, agent] = [index + 1, agentId(index + 1)]
    const known = {issue, title: 'T', agent, branch: `b${issue}`, since: 0, worktree: '/w', pull: 100 + issue}
    const context = newContext(config, {...known, reason: TICKET_STATES[value].shown.attention ? 'as it is' : null})
    state = {...state, tickets: {...state.tickets, [issue]: {value, context}}}
    if (retry !== null) {
      const error = {code: retry, message: 'it fails', exitCode: 1} as const
      const failing: Retry = {effect: 'watchPull', ticket: issue, error, since: 0, tries: 9}
      state = {...state, retries: {...state.retries, [`ticket ${issue}`]: failing}}
    }
    if (!holdsSlot({value, context})) continue
    const waitsFor = slot === 'limited' ? ('limit' as const) : ('answer' as const)
    const free = state.agents[agent]!
    const held = {...free.context, ticket: issue, pane: `p${issue}`, activity: 'asks', waitsFor}
    const agentValue = slot === 'limited' ? 'waiting' : slot
    state = {...state, agents: {...state.agents, [agent]: {value: agentValue, context: held}}}
  }
  return state
}

describe('who needs a person', () => {
  it('is the same in the lists, the header, status, why and diagnose', () => {
    fc.assert(
      fc.property(fc.array(one, {minLength: 1, maxLength: 8}), cases => {
        const [{minutes, autoMerge}] = cases as [Case]
        const state = stateOf(cases, autoMerge)
        const at = minutes * MINUTE
        const needs = needsOf(state, at)
        const {tickets, agents} = project(state, {...AROUND, at})
        const byNeed = needs.flatMap(({issue}) => issue ?? []).toSorted((a, b) => a - b)
        // The rows are what status prints and what the header counts.
        const byRow = tickets.flatMap(row => (row.attention === null ? [] : [row.number])).toSorted((a, b) => a - b)
        expect(byRow).toEqual(byNeed)
        for (const row of agents) {
          if (AGENT_STATES[row.state].needsPerson) expect(byNeed).toContain(row.ticket)
        }
        for (const {issue, what, kept, next} of needs) {
          expect([what, kept, next].every(text => text !== '')).toBe(true)
          const row = tickets.find(({number}) => number === issue)
          expect(row).toMatchObject({attention: what, next})
          const {facts} = explain({subject: `#${issue}`, state, at, recentSignals: () => []})
          // To ask why is no answer of why.
          expect(facts.some(({text}) => text.includes(next))).toBe(next !== `clambake why ${issue}`)
          expect(facts.some(({text}) => text.includes(`kept: ${kept}`))).toBe(true)
        }
      }),
      {numRuns: 300},
    )
  })

  it('has something to do in each state that calls a person, and in no other', () => {
    for (const value of Object.keys(TICKET_STATES) as TicketValue[]) {
      const needs = needsOf(stateOf([{value, slot: 'working', retry: null, minutes: 0, autoMerge: true}], true), 0)
      const calls = TICKET_STATES[value].shown.attention
      expect(
        needs.map(({issue, next}) => [issue, next !== '']),
        value,
      ).toEqual(calls ? [[1, true]] : [])
    }
  })

  it('answers an agent that asks, and looks into the terminal of one that waits for something else', () => {
    const asking = stateOf([{value: 'working', slot: 'waiting', retry: null, minutes: 0, autoMerge: true}], true)
    expect(needsOf(asking, 0)).toMatchObject([{issue: 1, next: 'clambake agents answer agent001'}])
    const {value, context} = asking.agents.agent001!
    const stuck = {...asking, agents: {agent001: {value, context: {...context, waitsFor: 'prompt' as const}}}}
    expect(needsOf(stuck, 0)).toMatchObject([{issue: 1, next: 'clambake attach agent001'}])
  })

  it('is everyone whose ticket only a person moves', () => {
    for (const [value, {next, shown, is}] of Object.entries(TICKET_STATES)) {
      if (next === 'person') expect(shown.attention, value).toBe(true)
      if (is.atRest && !is.over) expect(shown.attention, value).toBe(true)
      expect(next === null, value).toBe(value === 'merged')
    }
  })

  it('is the ticket that waits for something outside, once that has lasted, with what was tried', () => {
    const failing = (retry: Case['retry']) =>
      stateOf([{value: 'checking', slot: 'working', retry, minutes: 0, autoMerge: true}], true)
    expect(needsOf(failing('remote-unreachable'), 4 * MINUTE)).toEqual([])
    expect(needsOf(failing('remote-unreachable'), 6 * MINUTE)).toMatchObject([
      {issue: 1, what: expect.stringMatching(/it fails \(watchPull failed 9 times since/), kept: expect.any(String)},
    ])
    expect(needsOf(failing('github-bad-token'), 2 * MINUTE)).toHaveLength(1)
  })
})
