import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Fact} from '../../src/model/core/facts.ts'
import {newState} from '../../src/model/core/state.ts'
import {changedKeys, takenUp} from '../../src/model/data/config/in-force.ts'
import type {Config} from '../../src/model/data/config.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {holdsSlot} from '../../src/model/ticket/states.ts'
import {aConfig, anIssue} from './builders.ts'
import {expectSound, sha, start, World, work} from './world.ts'

/** A configuration with so many agents. */
function agents(count: number): Config {
  return aConfig({routing: {max_agents: count}})
}

describe('what a running daemon takes up of a changed configuration', () => {
  it('takes up every key but those with which its gateways were opened, and names these', () => {
    const running = aConfig({github: {repo: 'widgets'}, routing: {max_agents: 2}})
    const read = aConfig({
      github: {repo: 'gadgets', owner: 'acme'},
      routing: {max_agents: 3},
      agents: {workspace_root: 'elsewhere', model: 'opus'},
      observability: {otlp_endpoint: 'http://localhost:4318'},
    })
    const {config, waiting} = takenUp(running, read)
    expect(waiting).toEqual(['github.owner', 'github.repo', 'agents.workspace_root', 'observability.otlp_endpoint'])
    expect(config).toEqual({
      ...read,
      github: running.github,
      agents: {...running.agents, model: 'opus'},
      observability: {},
    })
    expect(takenUp(running, running)).toEqual({config: running, waiting: []})
  })

  it('names the changed keys as people write them', () => {
    const before = aConfig({agents: {'agent-1': {timezone: 'UTC'}}, profiles: {codex: {command: ['codex']}}})
    const after = aConfig({
      routing: {priority_labels: {high: 'soon'}},
      agents: {'agent-1': {timezone: 'Europe/Vienna'}, 'agent-2': {}, verify: ['npm test']},
      profiles: {codex: {command: ['codex', '--fast']}},
    })
    expect(changedKeys(before, after)).toEqual([
      'agents.agent001',
      'agents.agent002',
      'agents.verify',
      'profiles.codex',
      'routing.priority_labels',
    ])
    expect(changedKeys(before, structuredClone(before))).toEqual([])
  })
})

describe('a changed configuration', () => {
  it('tells what is taken up, once, and an unchanged one tells nothing', () => {
    const before = start(2)
    const config = agents(3)
    const taken = decide(before, {type: 'configurationChanged', config}, 1)
    expect(taken.effects).toMatchObject([
      {name: 'record', event: {message: 'clambake.toml is taken up: routing.max_agents'}},
      {name: 'notify', level: 'info'},
    ])
    expect(Object.keys(taken.state.agents)).toEqual(['agent001', 'agent002', 'agent003'])
    const again = decide(taken.state, {type: 'configurationChanged', config: structuredClone(config)}, 2)
    expect(again.effects).toEqual([])
    expect(again.state.config).toBe(config)
  })

  it('puts the queue in the order of the new labels, and claims what they admit', () => {
    const mode = {routing: 'auto', landing: 'at once'} as const
    const first = newState({config: aConfig({routing: {max_agents: 1, auto: true}}), mode, at: 0})
    const issues = [anIssue(7, {labels: ['for-agents']})]
    const seen = decide(first, {type: 'githubSeen', issues, pulls: [], main: sha(1)}, 1)
    expect(seen.effects).toEqual([])
    const config = aConfig({routing: {max_agents: 1, auto: true, routing_label: 'for-agents'}})
    const {effects} = decide(seen.state, {type: 'configurationChanged', config}, 2)
    expect(effects.map(({name}) => name)).toContain('claimTicket')
  })

  it('changes the mode where it says so, and during a pass only at its end', () => {
    const mode = {routing: 'by hand', landing: 'train'} as const
    const usual = newState({config: aConfig(), mode, at: 0})
    const auto = aConfig({routing: {auto: true}})
    expect(decide(usual, {type: 'configurationChanged', config: auto}, 1).state.mode.routing).toBe('auto')

    const pass = {routing: 'off', landing: 'at once'} as const
    let {state} = decide(usual, {type: 'modeChosen', mode: pass}, 1)
    state = decide(state, {type: 'configurationChanged', config: auto}, 2).state
    expect(state.mode).toEqual(pass)
    expect(decide(state, {type: 'modeChosen', mode: null}, 3).state.mode).toEqual({routing: 'auto', landing: 'train'})
  })

  it('lets the train continue that a lower limit of trials had paused', () => {
    const state = start(1)
    const paused = {kind: 'trials', reason: 'too many', since: 0, until: null, main: null} as const
    const at = (trials: number, kind: 'trials' | 'forge' = 'trials') => {
      const stopped = {...state, train: {...state.train, paused: {...paused, kind}}}
      const config = aConfig({landing: {trials_per_hour: trials}})
      return decide(stopped, {type: 'configurationChanged', config}, 1).state.train.paused
    }
    const {trials_per_hour: usual} = state.config.landing
    expect(at(usual + 1)).toBeNull()
    expect([at(usual - 1), at(usual + 1, 'forge')]).toMatchObject([{kind: 'trials'}, {kind: 'forge'}])
  })

  it('gives its rules to the tickets at work', () => {
    let {state} = decide(start(1), {type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)}, 1)
    expect(state.tickets[7]?.context).toMatchObject({verifies: false, maxRepairs: 2})
    const config = aConfig({agents: {verify: ['npm test']}, integration: {max_repairs: 5}})
    state = decide(state, {type: 'configurationChanged', config}, 2).state
    expect(state.tickets[7]?.context).toMatchObject({verifies: true, maxRepairs: 5})
  })

  it('writes labels under their new names, and takes off those that it wrote before', () => {
    let state = start(1)
    const tell = (fact: Fact) => {
      const decision = decide(state, fact, 1)
      state = decision.state
      return decision.effects.filter(({name}) => name === 'showTicket')
    }
    tell({type: 'githubSeen', issues: [anIssue(7)], pulls: [], main: sha(1)})
    tell({type: 'ticketClaimed', ticket: 7, base: sha(1), session: 's'})
    tell({type: 'worktreePrepared', ticket: 7, worktree: '/w'})
    tell({type: 'agentStarted', ticket: 7, agent: 'agent001', pane: 'p'})
    tell({type: 'agentReported', agent: 'agent001', pane: 'p', report: {kind: 'turnDone'}})
    tell({type: 'workInspected', ticket: 7, work: work(sha(2))})
    expect(tell({type: 'ticketBottled', ticket: 7, head: sha(2)})).toMatchObject([
      {add: ['route:review', 'agent:review']},
    ])
    const config = aConfig({routing: {max_agents: 1, review_label: 'in-review'}})
    expect(tell({type: 'configurationChanged', config})).toMatchObject([
      {add: ['in-review', 'agent:review'], remove: expect.arrayContaining(['route:review'])},
    ])
  })

  it('lets slots that are too many finish their tickets, whatever happens, and then has as many as it says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 1, max: 6}), {minLength: 1, maxLength: 6}),
        fc.integer({min: 1, max: 8}),
        fc.infiniteStream(fc.nat(1_000_000)),
        (counts, issues, stream) => {
          const world = new World(4, false, bound => (stream.next().value as number) % bound)
          const open = Array.from({length: issues}, (_, index) => anIssue(index + 1))
          world.tell({type: 'githubSeen', issues: open, pulls: [], main: sha(1)})
          for (const count of counts) {
            for (let step = 0; step < 6 && world.open.length > 0; step++) world.answerOne()
            const busy = Object.values(world.state.tickets).filter(holdsSlot)
            const {effects, state} = decide(world.state, {type: 'configurationChanged', config: agents(count)}, 1)
            expect(effects.filter(({name}) => name === 'stopAgent')).toEqual([])
            for (const {context} of busy) expect(state.agents[context.agent]?.context.ticket).toBe(context.issue)
            expectSound(state)
            world.tell({type: 'configurationChanged', config: agents(count)})
          }
          for (let step = 0; world.open.length > 0; step++) {
            expect(step, 'the world comes to rest').toBeLessThan(5000)
            world.answerOne()
          }
          expect(Object.keys(world.state.agents)).toHaveLength(counts.at(-1)!)
        },
      ),
      {numRuns: 20},
    )
  })
})
