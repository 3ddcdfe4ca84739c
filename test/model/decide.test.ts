import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {AgentReport, Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import type {Effect} from '../../src/model/data/effects.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {heldByLimit} from '../../src/model/spending/limit.ts'
import {holdsSlot} from '../../src/model/ticket/states.ts'
import {claimOf} from '../git/claim-of.ts'
import {aConfig, anIssue, aPull, aReading} from './builders.ts'

import {expectSound, FAILURE, MODE, RESUME, sha, start, World, work} from './world.ts'

describe('a ticket on its way', () => {
  it('goes from claimed to merged by the facts of each step', () => {
    let state = start(1)
    let asked: Effect[] = []
    const tell = (fact: Fact) => {
      const decision = decide(state, fact, 1)
      state = decision.state
      asked = [...decision.effects]
      expectSound(state)
      return asked.map(effect => effect.name)
    }
    expect(tell({type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)})).toEqual(['claimTicket'])
    expect(tell({type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's'})).toEqual([
      'prepareWorktree',
      'showTicket',
    ])
    expect(tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})).toEqual(['startAgent'])
    expect(tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})).toEqual(['promptAgent'])
    expect(tell({type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}})).toEqual([
      'inspectWork',
    ])
    expect(tell({type: 'workInspected', ticket: 7, work: work(sha(2))})).toEqual(['bottleTicket'])
    expect(tell({type: 'ticketBottled', ticket: 7, head: sha(2)})).toEqual(['stopAgent', 'openPull', 'showTicket'])
    expect(tell({type: 'agentStopped', agent: 'agent001', ticket: 7})).toEqual([])
    expect(state.agents.agent001?.value).toBe('available')
    expect(tell({type: 'pullOpened', ticket: 7, pull: 8})).toEqual(['watchPull'])
    const head = {branch: 'b', sha: sha(2)}
    expect(tell({type: 'pullSeen', ticket: 7, reading: aReading(aPull(8, {head}))})).toEqual(['mergePull'])
    expect(asked[0]).toMatchObject({sha: sha(2), pull: 8})
    expect(tell({type: 'pullMerged', ticket: 7, commit: sha(3)})).toEqual(['finishTicket'])
    expect(tell({type: 'ticketFinished', ticket: 7})).toEqual(['notify'])
    expect(state.tickets[7]?.value).toBe('merged')

    // Of very many merged ones the newest are kept.
    const {context} = state.tickets[7]!
    const merged = (issue: number) =>
      [issue, {value: 'merged', context: {...context, issue, since: issue - 1000}}] as const
    state = {...state, tickets: Object.fromEntries(Array.from({length: 400}, (_, index) => merged(index + 1)))}
    tell({type: 'githubSeen', issues: [], pulls: [], main: sha(3)})
    expect(Object.keys(state.tickets)).toHaveLength(300)
    expect([state.tickets[100], state.tickets[101]?.value]).toEqual([undefined, 'merged'])
  })
})

describe('an agent whose client shows a dialog first', () => {
  it('waits for a person, and gets its task once the client is ready', () => {
    let state = start(1)
    const tell = (fact: Fact) => {
      const decision = decide(state, fact, 1)
      state = decision.state
      return decision.effects.map(effect => effect.name)
    }
    const ready = {type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'ready'}} as const
    tell({type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)})
    tell({type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's'})
    tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
    // One that has not been given up yet is being told already.
    expect(tell(ready)).toEqual([])
    expect(tell({type: 'agentNotReady', ticket: 7, agent: 'agent001', pane: 'another'})).toEqual([])
    expect(state.agents.agent001?.value).toBe('working')
    expect(tell({type: 'agentNotReady', ticket: 7, agent: 'agent001', pane: 'p'})).toEqual([])
    expect(state.agents.agent001).toMatchObject({value: 'waiting', context: {activity: 'not ready'}})
    expect(tell(ready)).toEqual(['promptAgent'])
    expect(state.agents.agent001).toMatchObject({value: 'working', context: {activity: 'reading'}})
    expect(tell(ready)).toEqual([])
  })
})

describe('an agent at work', () => {
  /** On its first of two ready issues. */
  function atWork(agents: number) {
    let state = start(agents)
    const tell = (fact: Fact) => {
      const decision = decide(state, fact, 1)
      state = decision.state
      return decision.effects.filter(({name}) => name !== 'showTicket')
    }
    const say = (report: AgentReport) => tell({type: 'agentReported', agent: 'agent001', pane: 'p', report})
    tell({type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)})
    tell({type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's'})
    tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
    return {tell, say, state: () => state}
  }

  it('that forgot its conversation gets its task again, and uses the new conversation from then on', () => {
    const {say, tell, state} = atWork(1)
    say({kind: 'failed', error: 'server_error'})
    expect(say({kind: 'cleared', session: 'new'})).toEqual([
      {name: 'keepSession', ticket: 7, session: 'new'},
      expect.objectContaining({name: 'promptAgent', forgot: true, assignment: RESUME}),
    ])
    expect(state().agents.agent001).toMatchObject({value: 'working', context: {activity: 'reading'}})
    tell({type: 'agentExited', agent: 'agent001', pane: 'p'})
    expect(state().tickets[7]?.context).toMatchObject({session: 'new', assignment: RESUME})
    // The work is inspected, and the agent hears the result.
    expect(say({kind: 'cleared', session: 'newer'})).toEqual([{name: 'keepSession', ticket: 7, session: 'newer'}])
  })

  it('that is at its usage limit starts nothing else by itself until the limit ends', () => {
    const {say, tell, state} = atWork(2)
    say({kind: 'limited', until: '8:31pm'})
    expect(heldByLimit(state(), 6 * 3_600_000)).toBeNull()
    expect(heldByLimit(state(), 3_600_000)).toBe('agent001 is at its usage limit until 8:31pm')
    expect(tell({type: 'githubSeen', issues: [anIssue(7), anIssue(8)], pulls: [], main: sha(1)})).toEqual([])
    // A person knows better.
    expect(tell({type: 'popAsked', issue: 8})).toMatchObject([{name: 'claimTicket', ticket: 8}])
    tell({type: 'claimRefused', ticket: 8, reason: 'r', holder: null})
    expect(tell({type: 'githubSeen', issues: [anIssue(7), anIssue(9)], pulls: [], main: sha(1)})).toEqual([])
    expect(say({kind: 'busy', activity: 'thinking', detail: ''})).toMatchObject([{name: 'claimTicket', ticket: 9}])
  })
})

describe('a claim that another daemon won', () => {
  it('is known with its holder at once, and its slot is free', () => {
    const seen = {type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)} as const
    const config = aConfig({routing: {max_agents: 1}})
    const start = newState({config, mode: {routing: 'by hand', landing: 'train'}, at: 0})
    const asked = decide(decide(start, seen, 1).state, {type: 'popAsked', issue: 7}, 1)
    const record = {...claimOf(7, sha(1), {owner: 'other'}), version: 1, fence: 1, nonce: 'n'} as const
    const holder = {oid: sha(3), record}
    const {state} = decide(asked.state, {type: 'claimRefused', ticket: 7, reason: 'taken', holder}, 2)
    expect(state).toMatchObject({tickets: {}, foreign: {7: holder}, agents: {agent001: {value: 'available'}}})
  })
})

describe('routing to slots', () => {
  it('gives an issue to the slot that is good at its label, else to one without specialities', () => {
    const config = aConfig({
      routing: {max_agents: 3},
      agents: {'agent-001': {specializations: ['docs']}, 'agent-003': {specializations: ['search']}},
    })
    const state = newState({config, mode: MODE, at: 0})
    const issues = [
      anIssue(1, {labels: ['route:ready', 'search']}),
      anIssue(2),
      anIssue(3, {labels: ['route:ready', 'docs']}),
    ]
    const {effects} = decide(state, {type: 'githubSeen', issues, pulls: [], main: sha(1)}, 1)
    expect(effects.map(effect => effect.name === 'claimTicket' && [effect.ticket, effect.agent])).toEqual([
      [1, 'agent003'],
      [2, 'agent002'],
      [3, 'agent001'],
    ])
  })
})

describe('any world', () => {
  it('brings every ticket to merged or blocked, with one owner, one slot and one merge at a time', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 4}),
        fc.integer({min: 1, max: 6}),
        fc.boolean(),
        fc.infiniteStream(fc.nat(1_000_000)),
        (agents, issues, checked, stream) => {
          const world = new World(agents, checked, bound => (stream.next().value as number) % bound)
          const list = Array.from({length: issues}, (_, index) => anIssue(index + 1))
          world.tell({type: 'githubSeen', issues: list, pulls: [], main: sha(1)})
          for (let step = 0; world.open.length > 0; step++) {
            expect(step, 'the world comes to rest').toBeLessThan(5000)
            world.answerOne()
          }
          for (const ticket of Object.values(world.state.tickets)) {
            const rests = world.state.train.paused === null ? ['merged', 'blocked'] : ['merged', 'blocked', 'bottled']
            expect(rests).toContain(ticket.value)
          }
          for (const agent of Object.values(world.state.agents)) expect(agent.value).toBe('available')
        },
      ),
      {numRuns: 300},
    )
  })

  it('stays sound under facts that make no sense', () => {
    const ticket = fc.integer({min: 1, max: 3})
    const agent = fc.constantFrom('agent001' as const, 'agent002' as const)
    const pane = fc.constantFrom('p1', 'p2')
    const fact: fc.Arbitrary<Fact> = fc.oneof(
      fc.record({
        type: fc.constant('ticketClaimed' as const),
        ticket,
        base: fc.constant(sha(1)),
        session: fc.constant('s'),
      }),
      fc.record({
        type: fc.constant('claimRefused' as const),
        ticket,
        reason: fc.constant('r'),
        holder: fc.constant(null),
      }),
      fc.record({type: fc.constant('worktreePrepared' as const), ticket, worktree: fc.constant('/w')}),
      fc.record({type: fc.constant('agentStarted' as const), ticket, agent, pane}),
      fc.record({
        type: fc.constant('agentReported' as const),
        agent,
        pane,
        report: fc.constant({kind: 'turnDone' as const}),
      }),
      fc.record({type: fc.constant('agentNotReady' as const), ticket, agent, pane}),
      fc.record({
        type: fc.constant('agentReported' as const),
        agent,
        pane,
        report: fc.constantFrom<AgentReport>(
          {kind: 'ready'},
          {kind: 'cleared', session: 'new'},
          {kind: 'limited', until: '8pm'},
        ),
      }),
      fc.record({type: fc.constant('agentExited' as const), agent, pane}),
      fc.record({type: fc.constant('agentStopped' as const), agent, ticket}),
      fc.record({type: fc.constant('workInspected' as const), ticket, work: fc.constant(work(sha(2)))}),
      fc.record({type: fc.constant('worktreeSetUp' as const), ticket}),
      fc.record({
        type: fc.constant('workVerified' as const),
        ticket,
        head: fc.constant(sha(2)),
        failure: fc.constantFrom(null, FAILURE),
      }),
      fc.record({type: fc.constant('ticketBottled' as const), ticket, head: fc.constant(sha(2))}),
      fc.record({type: fc.constant('pullMerged' as const), ticket, commit: fc.constant(sha(3))}),
      fc.record({type: fc.constant('stopAsked' as const), ticket}),
      fc.record({type: fc.constant('retryAsked' as const), ticket}),
      fc.record({type: fc.constant('popAsked' as const), issue: ticket}),
      fc.constant<Fact>({type: 'githubSeen', issues: [anIssue(1), anIssue(2), anIssue(3)], pulls: [], main: sha(1)}),
    )
    fc.assert(
      fc.property(fc.array(fact, {maxLength: 60}), facts => {
        let state = start(2, {setup: ['s'], verify: ['v']})
        for (const next of facts) {
          state = decide(state, next, 1).state
          const busy = Object.values(state.tickets).filter(holdsSlot)
          const agents = busy.map(held => held.context.agent)
          expect(new Set(agents).size).toBe(agents.length)
        }
      }),
    )
  })
})
