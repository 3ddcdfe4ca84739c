import {describe, expect, it, vi} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {refusal} from '../git/setup.ts'
import {BY_HAND, diligent, type MemoryWorld, memoryWorld} from './memory.ts'

/** A world whose agents never end their turn, unless the test says otherwise. */
function thinking(change: Record<string, unknown> = {}): MemoryWorld {
  return memoryWorld(change, () => {})
}

/** Another daemon claims each ticket a moment earlier. */
function beatenBy({git}: MemoryWorld, host: string): void {
  const {claim} = git
  git.claim = async wanted => {
    await claim({...wanted, owner: 'other', host})
    return claim(wanted)
  }
}

const agentsOf = (world: MemoryWorld) => world.host.live().map(({title}) => title)

describe('pop', () => {
  it('takes the next in order, and looks at GitHub first after a start', async () => {
    const world = thinking()
    world.github.openIssue(1)
    world.github.openIssue(2, {labels: ['route:ready', 'route:priority-high']})
    using daemon = await world.start()
    expect(await daemon.api.pop({})).toMatchObject({ticket: 2, agent: 'agent001'})
    expect(await daemon.api.pop({})).toMatchObject({ticket: 1, agent: 'agent002'})
    expect(await refusal(daemon.api.pop({}))).toMatchObject({
      code: 'nothing-ready',
      next: expect.stringContaining('peek'),
    })
  })

  it('takes a named one that no gate lets through by itself, and one that was opened a moment ago', async () => {
    const world = thinking()
    world.github.openIssue(1, {labels: []})
    using daemon = await world.start()
    expect(await daemon.api.pop({issue: 1})).toMatchObject({ticket: 1, passed: ['no label route:ready']})
    world.github.openIssue(2)
    expect(await daemon.api.pop({issue: 2})).toMatchObject({ticket: 2})
  })

  it.each([
    ['for a person', {labels: ['route:ready', 'human-only']}, 'labelled human-only'],
    ['of a stranger', {association: 'NONE', author: 'eve'}, 'eve is not in routing.trusted_authors'],
    ['blocked', {labels: ['route:ready', 'route:blocked']}, 'labelled route:blocked'],
    ['waiting', {body: 'Depends on #2'}, 'waits for #2'],
  ] as const)('names what holds a named one back that is %s, and takes it only by force', async (_, change, text) => {
    const world = thinking()
    world.github.openIssue(1, change as Parameters<typeof world.github.openIssue>[1])
    world.github.openIssue(2)
    using daemon = await world.start()
    expect(await refusal(daemon.api.pop({issue: 1}))).toMatchObject({
      code: 'gated',
      message: expect.stringContaining(text),
      next: 'clambake pop 1 --force starts an agent on it anyway',
    })
    expect(world.git.claimRefs.size).toBe(0)
    expect(await daemon.api.pop({issue: 1, force: true})).toMatchObject({
      ticket: 1,
      passed: expect.arrayContaining([expect.stringContaining(text)]),
    })
  })

  it('takes one over what a person was shown, and over no other reason that came since', async () => {
    const world = thinking()
    world.github.openIssue(1, {labels: ['route:ready', 'human-only']})
    using daemon = await world.start()
    const {message: over} = await refusal(daemon.api.pop({issue: 1}))
    world.github.openIssue(1, {labels: ['route:ready', 'human-only'], association: 'NONE', author: 'eve'})
    await daemon.reconciler.look()
    expect(await refusal(daemon.api.pop({issue: 1, over}))).toMatchObject({
      code: 'gated',
      message: expect.stringContaining('eve is not in routing.trusted_authors'),
    })
    world.github.openIssue(1, {labels: ['route:ready', 'human-only']})
    await daemon.reconciler.look()
    expect(await daemon.api.pop({issue: 1, over})).toMatchObject({ticket: 1})
  })

  it('takes the next one that is assigned to the caller, with --mine', async () => {
    const world = thinking()
    world.github.openIssue(1, {labels: ['route:ready', 'route:priority-high']})
    world.github.openIssue(2, {assignees: ['Ada']})
    world.github.openIssue(3, {assignees: ['bob']})
    using daemon = await world.start()
    expect(await daemon.api.pop({mine: true})).toMatchObject({ticket: 2})
    expect(await refusal(daemon.api.pop({mine: true}))).toMatchObject({
      code: 'nothing-ready',
      message: 'No unclaimed open issue is assigned to ada',
    })
    world.github.openIssue(4, {assignees: ['ada'], labels: []})
    await daemon.api.refresh({})
    expect((await refusal(daemon.api.pop({mine: true}))).code).toBe('nothing-ready')
    expect(await daemon.api.pop({})).toMatchObject({ticket: 1})
  })

  it('refuses what is not an open issue', async () => {
    const world = thinking()
    world.github.openIssue(1, {state: 'closed'})
    using daemon = await world.start()
    expect(await refusal(daemon.api.pop({issue: 1}))).toMatchObject({code: 'closed-issue', message: '#1 is closed'})
    expect((await refusal(daemon.api.pop({issue: 99}))).code).toBe('unknown-issue')
  })

  it('says who holds an issue already, here or elsewhere and since when', async () => {
    const world = thinking()
    world.github.openIssue(1)
    world.github.openIssue(2)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    const here = await refusal(daemon.api.pop({issue: 1}))
    expect(here.message).toMatch(/^#1 is already \w+ with agent001 on \S+ since \d{4}-/)
    await daemon.api.pop({issue: 2})
    world.git.steal(2, 'other')
    using second = await world.start()
    await second.api.refresh({})
    const elsewhere = await refusal(second.api.pop({issue: 2}))
    expect(elsewhere.code).toBe('already-claimed')
    expect(elsewhere.message).toMatch(/^#2 is claimed by agent002 on other-host since 2026-01-01 /)
  })

  it('says which daemon was faster', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.refresh({})
    beatenBy(world, 'elsewhere')
    expect(await refusal(daemon.api.pop({issue: 1}))).toMatchObject({
      code: 'claim-refused',
      message: expect.stringMatching(/claimed by agent001 on elsewhere since/),
    })
    expect(daemon.state().agents[0]?.state, 'the slot is free again').toBe('available')
  })

  it('refuses when every agent is busy', async () => {
    const world = thinking({routing: {max_agents: 1}})
    world.github.openIssue(1)
    world.github.openIssue(2)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    expect(await refusal(daemon.api.pop({issue: 2}))).toMatchObject({
      code: 'no-free-agent',
      message: 'All 1 agent is busy',
      next: expect.stringContaining('routing.max_agents'),
    })
  })

  it('stops an agent whose worktree is gone', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    world.git.trees.clear()
    expect(await daemon.api.stopAgent({agent: 'agent001'})).toEqual({saved: null})
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'it is stopped')
  })

  it('retries a blocked ticket in its conversation', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    await daemon.api.stopAgent({agent: 'agent001'})
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'it is stopped')
    world.host.play = diligent(world)
    expect(await daemon.api.pop({issue: 1})).toMatchObject({ticket: 1, branch: 'agent001/1-issue-1'})
    await world.until(() => daemon.state().header.aboard === 1, 'it is bottled')
    expect(new Set([...world.host.all.values()].map(({session}) => session)).size).toBe(1)
  })
})

describe('route', () => {
  it('fills the free slots in order, or only as many as asked', async () => {
    const world = thinking({routing: {max_agents: 3}})
    for (const number of [1, 2, 3, 4]) world.github.openIssue(number)
    using daemon = await world.start()
    expect(await daemon.api.route({max: 1})).toMatchObject({claimed: [{ticket: 1, agent: 'agent001'}], refused: []})
    expect((await daemon.api.route({})).claimed.map(({ticket}) => ticket)).toEqual([2, 3])
    expect((await refusal(daemon.api.route({}))).code).toBe('no-free-agent')
  })

  it('reports which claims were lost', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    beatenBy(world, 'elsewhere')
    expect(await daemon.api.route({max: 1})).toMatchObject({
      claimed: [],
      refused: [{ticket: 1, reason: expect.stringMatching(/elsewhere since/)}],
    })
  })
})

describe('bottle', () => {
  async function working() {
    const world = thinking()
    world.github.openIssue(1)
    const daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    const {cwd} = world.host.live()[0]!
    return {world, daemon, cwd}
  }

  it('pushes what is committed and frees the agent', async () => {
    const {world, daemon, cwd} = await working()
    const head = world.git.commit(cwd, 'done')
    expect(await daemon.api.bottle({agent: 'agent001'})).toEqual({ticket: 1, head, commits: 1})
    expect(world.git.branches.get('agent001/1-issue-1')).toBe(head)
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'it is free')
    daemon.kill()
  })

  it('refuses without a commit or with uncommitted files, however often, and the agent keeps working', async () => {
    const {world, daemon, cwd} = await working()
    for (let times = 0; times < 4; times++) {
      expect(await refusal(daemon.api.bottle({agent: 'agent001'}))).toMatchObject({
        code: 'nothing-to-bottle',
        message: expect.stringContaining('no commit'),
        kept: `everything in ${cwd}; agent001 keeps working`,
      })
    }
    world.git.commit(cwd, 'done')
    world.git.scribble(cwd, 'more.ts')
    expect(await refusal(daemon.api.bottle({agent: 'agent001'}))).toMatchObject({
      code: 'nothing-to-bottle',
      message: '#1 is not ready to be bottled: more.ts is not committed',
    })
    expect(daemon.state().tickets[0]?.phase).toBe('working')
    expect(world.host.prompts).toHaveLength(1)
    daemon.kill()
  })

  it('refuses at once for an agent without a ticket, or without work to look at', async () => {
    const {world, daemon, cwd} = await working()
    expect((await refusal(daemon.api.bottle({agent: 'agent002'}))).code).toBe('no-ticket')
    world.git.commit(cwd, 'done')
    // The work is safe while its process is still ending.
    world.host.stop = () => new Promise(() => {})
    await daemon.api.bottle({agent: 'agent001'})
    expect(await refusal(daemon.api.bottle({agent: 'agent001'}))).toMatchObject({
      code: 'not-bottled',
      message: '#1 cannot be bottled now: it is bottled',
    })
    daemon.kill()
  })

  it('takes what the agent commits while it is being pushed', async () => {
    const {world, daemon, cwd} = await working()
    world.git.commit(cwd, 'first')
    const {pushWork} = world.git
    let late = ''
    world.git.pushWork = async options => {
      world.git.pushWork = pushWork
      late = world.git.commit(cwd, 'second')
      return pushWork(options)
    }
    expect(await daemon.api.bottle({agent: 'agent001'})).toMatchObject({head: late})
    daemon.kill()
  })
})

describe('land', () => {
  it('refuses what is not bottled, and lands nothing then', async () => {
    const world = thinking()
    for (const number of [1, 2]) world.github.openIssue(number)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    expect(await refusal(daemon.api.land({tickets: [{ticket: 1, claim: null}]}))).toMatchObject({code: 'not-bottled'})
    expect((await refusal(daemon.api.land({tickets: [{ticket: 2, claim: null}]}))).message).toContain(
      'it is not claimed here',
    )
    expect(world.github.pulls.size).toBe(0)
  })

  it('lands only what was named; the plan lists what would board', async () => {
    const world = memoryWorld()
    for (const number of [1, 2]) world.github.openIssue(number)
    using daemon = await world.start()
    await daemon.api.route({})
    await world.until(() => daemon.state().header.aboard === 2, 'both are bottled')
    const {board, putOff} = await daemon.api.landPlan({})
    expect(board).toMatchObject([
      {ticket: 1, commits: 1, added: 2, removed: 1, pull: null},
      {ticket: 2, commits: 1},
    ])
    expect(putOff).toEqual([])
    const {inspect} = world.git
    world.git.inspect = async path => {
      if (path.endsWith('1')) throw new ClambakeError({code: 'git-failed', message: 'index file corrupt'})
      return inspect(path)
    }
    expect((await daemon.api.landPlan({})).board).toMatchObject([
      {ticket: 1, commits: 0},
      {ticket: 2, commits: 1},
    ])
    expect(await daemon.api.land({tickets: [{ticket: 2, claim: null}]})).toEqual({landing: [2], notes: []})
    await world.until(() => world.github.issues.get(2)?.state === 'closed', '#2 landed')
    expect(daemon.state().header.aboard).toBe(1)
  })
})

describe('stopAgent', () => {
  it('saves the work, ends the process, and a person is asked', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    expect(await daemon.api.stopAgent({agent: 'agent001'})).toEqual({saved: 'refs/clambake/rescue/1'})
    await world.until(() => agentsOf(world).length === 0, 'it is stopped')
    expect(daemon.state().tickets[0]).toMatchObject({phase: 'blocked', attention: 'its agent was stopped by hand'})
    expect((await refusal(daemon.api.stopAgent({agent: 'agent001'}))).code).toBe('no-ticket')
  })

  it('stops one that is only starting, and leaves no process behind', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    const {spawn} = world.host
    const spawned = Promise.withResolvers<void>()
    world.host.spawn = async spec => {
      await spawned.promise
      return spawn(spec)
    }
    await daemon.api.pop({issue: 1})
    await world.until(() => daemon.state().tickets[0]?.detail === 'starting', 'it starts')
    await daemon.api.stopAgent({agent: 'agent001'})
    spawned.resolve()
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'the slot is free')
    expect(agentsOf(world)).toEqual([])
    expect(daemon.state().tickets[0]?.phase).toBe('blocked')
  })
})

describe('a request that was made for one ticket of an agent', () => {
  it.each(['stopAgent', 'bottle', 'compact', 'clear'] as const)('does nothing to its next one: %s', async request => {
    const world = thinking({routing: {max_agents: 1}})
    for (const issue of [1, 2]) world.github.openIssue(issue)
    using daemon = await world.start()
    await daemon.api.pop({issue: 2})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    const before = daemon.engine.state()
    const rescue = vi.spyOn(world.git, 'rescue')
    expect(await refusal(daemon.api[request]({agent: 'agent001', meant: {ticket: 1, claim: null}}))).toMatchObject({
      code: 'no-ticket',
      message: 'agent001 works on #2 by now, and no longer on #1',
      kept: 'nothing was done',
    })
    expect(daemon.engine.state().tickets).toEqual(before.tickets)
    expect(rescue).not.toHaveBeenCalled()
    expect(agentsOf(world)).toHaveLength(1)
  })

  it('does nothing to it when another agent has it: reset', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    expect(await refusal(daemon.api.reset({agent: 'agent002', meant: {ticket: 1, claim: null}}))).toMatchObject({
      code: 'not-resettable',
      message: '#1 is with agent001 by now, and no longer with agent002',
    })
    expect(agentsOf(world)).toHaveLength(1)
  })
})

describe('why', () => {
  it('explains an agent, a ticket, a pull request and an issue that waits', async () => {
    const world = memoryWorld()
    world.github.openIssue(1)
    world.github.openIssue(2, {labels: ['route:ready', 'human-only']})
    using daemon = await world.start({mode: {...BY_HAND, landing: 'at once'}})
    world.github.verdicts.set('*', 'pending')
    await daemon.api.pop({issue: 1})
    await world.until(
      () => daemon.state().tickets.find(({number}) => number === 1)?.detail === 'checks',
      'it is checked',
    )
    const gate = async (subject: string) => (await daemon.api.why({subject})).gate
    const facts = async (subject: string) => (await daemon.api.why({subject})).facts.map(({text}) => text).join('\n')
    expect(await facts('#1')).toMatch(/#1 is checking[\s\S]*checks 0 of 1[\s\S]*pull request #101[\s\S]*1 start,/)
    const title = async (subject: string) => (await daemon.api.why({subject})).title
    expect(await Promise.all(['1', '101', '2', 'a1'].map(title))).toEqual(['Issue 1', 'Issue 1', 'Issue 2', null])
    expect(await gate('101')).toContainEqual({
      glyph: '◐',
      tone: 'working',
      rule: 'checks',
      text: 'waits: checks run: unit',
    })
    expect(await gate('2')).toEqual([])
    expect(await facts('101'), 'by its pull request').toContain('#1 is checking')
    expect(await facts('agent001')).toMatch(/available[\s\S]*it has no ticket/)
    expect(await facts('2')).toContain('not routed: labelled human-only')
    expect(await refusal(daemon.api.why({subject: '99'}))).toMatchObject({code: 'unknown-subject'})
  })

  it('says at once what fails and is tried again, before that needs a person', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    const error = {code: 'remote-unreachable' as const, message: 'the remote does not answer', exitCode: 1 as const}
    const retry = {effect: 'bottleTicket' as const, ticket: 1, error, since: world.clock.now(), tries: 2}
    daemon.engine.dispatch({type: 'effectRetried', lane: 'ticket 1', retry})
    const {facts} = await daemon.api.why({subject: '1'})
    expect(facts[1]).toMatchObject({at: retry.since, text: expect.stringContaining('the remote does not answer')})
    expect(facts.map(({text}) => text).join()).not.toContain('needs you')
  })
})
