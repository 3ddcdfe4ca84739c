import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState, type State} from '../../src/model/core/state.ts'
import type {AgentId} from '../../src/model/data/ids.ts'
import {LOAD_BALANCES, type LoadBalance} from '../../src/model/data/load-balance.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {agentFor, tallyBefore} from '../../src/model/routing/balance.ts'
import {nextRoutable} from '../../src/model/routing/next-routable.ts'
import {aConfig, anIssue} from './builders.ts'

const DAY_MS = 86_400_000
const BY_HAND = {routing: 'by hand', landing: 'by hand'} as const
const SLOTS = {'agent-001': {specializations: ['docs']}, 'agent-003': {specializations: ['search', 'api']}}

function open(balance: LoadBalance, change: {agents?: Record<string, unknown>; max?: number} = {}): State {
  const {agents = {}, max = 3} = change
  const config = aConfig({routing: {max_agents: max, load_balance: balance}, agents})
  const issues = Array.from({length: 20}, (_, index) => anIssue(index + 1))
  const start = newState({config, mode: BY_HAND, at: 0})
  return decide(start, {type: 'githubSeen', issues, pulls: [], main: 'm'}, 0).state
}

/** One ticket from claim to an end that frees its agent; says who took it. */
function take(state: State, issue: number, at = 0): {state: State; agent: AgentId} {
  const tell = (fact: Fact) => {
    state = decide(state, fact, at).state
  }
  tell({type: 'popAsked', issue})
  const {agent} = state.tickets[issue]!.context
  tell({type: 'ticketClaimed', ticket: issue, base: 'm', session: 's'})
  tell({type: 'stopAsked', ticket: issue})
  tell({type: 'agentStopped', agent, ticket: issue})
  return {state, agent}
}

function takers(state: State, issues: readonly number[]): AgentId[] {
  return issues.map(issue => {
    const taken = take(state, issue)
    state = taken.state
    return taken.agent
  })
}

describe('who takes an issue', () => {
  it('by round robin is the next after the last, those that are busy left out', () => {
    const state = open('round-robin')
    expect(takers(state, [1, 2, 3, 4])).toEqual(['agent001', 'agent002', 'agent003', 'agent001'])
    const busy = decide(state, {type: 'popAsked', issue: 1}, 0).state
    expect(takers(busy, [2, 3, 4])).toEqual(['agent002', 'agent003', 'agent002'])
  })

  it('by load is who has the fewest tickets that did not land, then who took the fewest today', () => {
    const first = take(open('least-loaded'), 1).state
    const {context} = first.tickets[1]!
    const landed = {...first, tickets: {1: {value: 'merged', context} as const}}
    expect(take(first, 2).agent).toBe('agent002')
    expect(take(landed, 2).agent, 'it took one today').toBe('agent002')
    expect(take(landed, 2, DAY_MS).agent, 'a new day').toBe('agent001')
  })

  it('by skill is who knows most of the labels, and no one with other skills', () => {
    const state = open('skill', {agents: SLOTS})
    const free = Object.keys(state.agents) as AgentId[]
    const who = (labels: string[], among = free) =>
      agentFor({issue: {labels}, free: among, state, balance: 'skill', at: 0})
    expect(who(['docs', 'search', 'api'])).toBe('agent003')
    expect(who(['docs'])).toBe('agent001')
    expect(who(['other'])).toBe('agent002')
    expect(who(['other'], ['agent001', 'agent003'])).toBeNull()
    expect(who(['docs'], ['agent003'])).toBeNull()
  })

  it('by skill waits for one who is fit, but a person may give it to anybody', () => {
    const specialists = {'agent-001': {specializations: ['docs']}}
    const state = open('skill', {agents: specialists, max: 1})
    expect(nextRoutable(state, 0)).toBeUndefined()
    expect(take(state, 1).agent).toBe('agent001')
  })

  it('is always one of the free, deals evenly, and does not change with the order in which they are named', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LOAD_BALANCES), fc.integer({min: 1, max: 6}), (balance, max) => {
        let state = open(balance, {max})
        const counts = new Map<AgentId, number>()
        for (let issue = 1; issue <= 2 * max; issue++) {
          const free = Object.keys(state.agents).toReversed() as AgentId[]
          const said = agentFor({issue: {labels: []}, free, state, balance, at: 0})
          const taken = take(state, issue)
          expect(said).toBe(taken.agent)
          counts.set(taken.agent, (counts.get(taken.agent) ?? 0) + 1)
          state = taken.state
        }
        expect([...counts.values()]).toEqual(Array(max).fill(2))
      }),
    )
  })
})

it('the claims before a restart are counted from the events', () => {
  const event = (agent: string, at: number, type = 'issue_assigned' as const) => ({
    ...{type, agent, at, message: '', seq: 1, repository: 'r'},
  })
  const events = [event('agent002', DAY_MS + 5), event('agent001', DAY_MS + 4), event('agent002', 5)]
  expect(tallyBefore(events, 0, DAY_MS + 9)).toEqual({
    day: '1970-01-02',
    today: {agent001: 1, agent002: 1},
    last: 'agent002',
  })
  expect(tallyBefore([], 0, 0)).toEqual({day: '1970-01-01', today: {}, last: null})
})
