import {describe, expect, it} from 'vitest'
import {traceRouting} from '../../src/daemon/trace-routing.ts'
import {newState} from '../../src/model/core/state.ts'
import {decide} from '../../src/model/decide/decide.ts'
import {noTicketTraces} from '../../src/telemetry/tickets.ts'
import {claimOf} from '../git/claim-of.ts'
import {refusal} from '../git/setup.ts'
import {aConfig, anIssue, aPull} from '../model/builders.ts'
import {BY_HAND, type MemoryWorld, memoryWorld} from './memory.ts'

/** A world whose agents never end their turn. */
function thinking(change: Record<string, unknown> = {}): MemoryWorld {
  return memoryWorld(change, () => {})
}

type Order = {order: readonly {number: number; held: string | null}[]}
const heldOf = ({order}: Order) => Object.fromEntries(order.map(({number, held}) => [number, held]))

describe('route', () => {
  it('says which agent would take which issue, and so it happens', async () => {
    const world = thinking({routing: {max_agents: 3}, agents: {'agent-002': {specializations: ['docs']}}})
    world.github.openIssue(1, {labels: ['route:ready', 'docs']})
    world.github.openIssue(2)
    using daemon = await world.start()
    const dry = await daemon.api.route({dryRun: true})
    expect(dry).toMatchObject({claimed: [], decided: {ms: expect.any(Number), calls: expect.any(Number)}})
    expect(dry.order.map(({agent}) => agent)).toEqual(['agent002', 'agent001'])
    expect((await daemon.api.route({})).claimed).toMatchObject([
      {ticket: 1, agent: 'agent002'},
      {ticket: 2, agent: 'agent001'},
    ])
  })

  it('deals round-robin when asked to, for this call only', async () => {
    const world = thinking({routing: {max_agents: 3}})
    for (const number of [1, 2, 3]) world.github.openIssue(number)
    using daemon = await world.start()
    await daemon.api.route({issue: 1})
    await daemon.api.stopAgent({agent: 'agent001'})
    await daemon.api.stopAgent({agent: 'agent001'}).catch(() => {})
    const taker = async (balance: 'round-robin' | 'skill') =>
      (await daemon.api.route({dryRun: true, max: 1, balance})).order.find(({agent}) => agent)?.agent
    expect(await taker('round-robin')).toBe('agent002')
    await daemon.api.route({issue: 2, balance: 'round-robin'})
    expect(await taker('round-robin')).toBe('agent003')
  })

  it('stops at the given number of working agents, including those already at work', async () => {
    const world = thinking({routing: {max_agents: 4}})
    for (const number of [1, 2, 3, 4]) world.github.openIssue(number)
    using daemon = await world.start()
    await daemon.api.pop({issue: 4})
    expect((await daemon.api.route({maxConcurrent: 2})).claimed).toMatchObject([{ticket: 1, agent: 'agent002'}])
    expect((await daemon.api.route({maxConcurrent: 2})).claimed).toMatchObject([])
  })

  it('does not start two that likely conflict side by side, unless one is named or forced', async () => {
    const world = thinking({routing: {max_agents: 4}})
    world.git.files.push('src/a.ts')
    for (const number of [1, 2, 3]) world.github.openIssue(number, {body: 'in src/a.ts'})
    using daemon = await world.start()
    const dry = await daemon.api.route({dryRun: true})
    expect(heldOf(dry)).toEqual({
      1: null,
      2: 'likely conflicts with #1 in src/a.ts',
      3: 'likely conflicts with #1 in src/a.ts',
    })
    expect((await daemon.api.route({})).claimed.map(({ticket}) => ticket)).toEqual([1])
    expect((await daemon.api.peek({limit: 9})).queue.map(({gate}) => gate)).toEqual([
      'likely conflicts with #1 in src/a.ts',
      'likely conflicts with #1 in src/a.ts',
    ])
    expect(await refusal(daemon.api.pop({}))).toMatchObject({
      code: 'nothing-ready',
      message: expect.stringContaining('#2 likely conflicts with #1 in src/a.ts'),
      next: expect.stringContaining('clambake pop 2'),
    })
    expect((await daemon.api.route({issue: 2})).claimed.map(({ticket}) => ticket)).toEqual([2])
    expect((await daemon.api.route({force: true})).claimed.map(({ticket}) => ticket)).toEqual([3])
  })

  it('checks the dependencies of the chosen ones, and holds back those with an open or missing one', async () => {
    const world = thinking({routing: {max_agents: 6}})
    const {github} = world
    const needing: readonly [number, string][] = [
      [1, 'Depends on #90'],
      [2, 'Depends on #91'],
      [3, 'Depends on #92'],
      [4, 'Depends on #93'],
    ]
    for (const [number, body] of needing) github.openIssue(number, {body})
    github.openIssue(91, {state: 'closed'})
    github.pulls.set(92, aPull(92))
    const {snapshot} = github
    github.snapshot = async () => ({...(await snapshot()), pulls: []})
    github.pulls.set(93, aPull(93, {state: 'merged'}))
    using daemon = await world.start()
    expect(heldOf(await daemon.api.route({dryRun: true}))).toEqual({1: null, 2: null, 3: null, 4: null})
    const checked = await daemon.api.route({dryRun: true, checkDependencies: true})
    expect(heldOf(checked)).toEqual({
      1: 'waits for #90, which does not exist',
      2: null,
      3: 'waits for #92',
      4: null,
    })
    github.openIssue(91)
    expect(heldOf(await daemon.api.route({dryRun: true, checkDependencies: true}))[2], 'it looks again').toBe(
      'waits for #91',
    )
  })
})

describe('why an issue', () => {
  it('is not routed lists everything that holds it back', async () => {
    const world = thinking()
    world.git.files.push('src/a.ts')
    const labels = ['route:blocked']
    world.github.openIssue(1, {body: 'in src/a.ts'})
    world.github.openIssue(2, {
      labels,
      association: 'NONE',
      author: 'eve',
      body: 'Depends on #1, in src/a.ts',
      createdAt: 2,
    })
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    const {facts} = await daemon.api.why({subject: '2'})
    expect(facts.map(({text}) => text)).toEqual([
      'not routed: labelled route:blocked',
      'not routed: no label route:ready',
      'not routed: eve is not in routing.trusted_authors',
      'not routed: waits for #1',
      'not routed: likely conflicts with #1 in src/a.ts',
      'think level think (agents.think_level)',
      'likely touches src/a.ts (named in its text)',
      'place 2 of 2: no priority label, opened 1970-01-01',
    ])
  })

  it('is ready names the agent that would take it, and that it is claimed only on request', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.refresh({})
    const {facts} = await daemon.api.why({subject: '1'})
    expect(facts.slice(0, 3).map(({text}) => text)).toEqual([
      'ready',
      'claimed only on request: routing.auto is off',
      'agent001 would take it (least-loaded)',
    ])
  })
})

it("a decision's trace names the first candidates, or all of them when asked", () => {
  const claim = {oid: 'a', record: {...claimOf(1, 'b'), version: 1, fence: 1, nonce: 'nonce-12'} as const}
  const routed: {candidates: readonly unknown[]; reason: string}[] = []
  const decisions = traceRouting({
    traces: {...noTicketTraces, routed: decision => void routed.push(decision)},
    book: {get: () => claim, put() {}, bump: async () => claim, move: async () => claim, release: async () => {}},
  })
  const issues = Array.from({length: 50}, (_, index) => anIssue(index + 1))
  const start = newState({config: aConfig(), mode: BY_HAND, at: 0})
  const {state} = decide(start, {type: 'githubSeen', issues, pulls: [], main: 'm'}, 0)
  const claimed = {type: 'ticketClaimed', ticket: 1, base: 'b', session: 's'} as const
  decisions.take(state, {type: 'popAsked', issue: 1, trace: 'detailed'}, 0)
  decisions.take(state, claimed, 0)
  decisions.take(state, claimed, 0)
  expect(routed.map(({candidates}) => candidates.length)).toEqual([50, 20])
  expect(routed[0]).toMatchObject({
    reason: 'no priority label, opened 1970-01-01',
    candidates: expect.arrayContaining([
      {ticket: 1, priority: 0, chosen: true, reason: 'no priority label, opened 1970-01-01'},
    ]),
  })
})
