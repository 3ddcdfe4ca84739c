import {describe, expect, it} from 'vitest'
import {refusal} from '../git/setup.ts'
import {BY_HAND, diligent, type MemoryWorld, memoryWorld} from './memory.ts'

/** A world whose agents think for ever, unless the test says otherwise. */
function thinking(change: Record<string, unknown> = {}): MemoryWorld {
  return memoryWorld(change, () => {})
}

/** Somebody else claims each ticket a moment before us. */
function beatenBy({git}: MemoryWorld, host: string): void {
  const {claim} = git
  git.claim = async wanted => {
    await claim({...wanted, owner: 'other', host})
    return claim(wanted)
  }
}

const agentsOf = (world: MemoryWorld) => world.host.live().map(({title}) => title)

describe('pop', () => {
  it('takes the next in order, looking at GitHub first when nothing is known yet', async () => {
    const world = thinking()
    world.github.openIssue(1)
    world.github.openIssue(2, {labels: ['route:ready', 'route:priority-high']})
    using life = await world.start()
    expect(await life.api.pop({})).toMatchObject({ticket: 2, agent: 'agent001'})
    expect(await life.api.pop({})).toMatchObject({ticket: 1, agent: 'agent002'})
    expect(await refusal(life.api.pop({}))).toMatchObject({
      code: 'nothing-ready',
      next: expect.stringContaining('peek'),
    })
  })

  it('takes a named one that no gate lets through by itself, and one that was opened a moment ago', async () => {
    const world = thinking()
    world.github.openIssue(1, {labels: []})
    using life = await world.start()
    expect(await life.api.pop({issue: 1})).toMatchObject({ticket: 1})
    world.github.openIssue(2)
    expect(await life.api.pop({issue: 2})).toMatchObject({ticket: 2})
  })

  it('takes the next that is assigned to the person, when asked for theirs only', async () => {
    const world = thinking()
    world.github.openIssue(1, {labels: ['route:ready', 'route:priority-high']})
    world.github.openIssue(2, {assignees: ['Ada']})
    world.github.openIssue(3, {assignees: ['bob']})
    using life = await world.start()
    expect(await life.api.pop({mine: true})).toMatchObject({ticket: 2})
    expect(await refusal(life.api.pop({mine: true}))).toMatchObject({
      code: 'nothing-ready',
      message: 'No open issue that nobody works on is assigned to ada',
    })
    world.github.openIssue(4, {assignees: ['ada'], labels: []})
    await life.api.refresh({})
    expect((await refusal(life.api.pop({mine: true}))).code).toBe('nothing-ready')
    expect(await life.api.pop({})).toMatchObject({ticket: 1})
  })

  it('refuses what is no open issue', async () => {
    const world = thinking()
    world.github.openIssue(1, {state: 'closed'})
    using life = await world.start()
    expect(await refusal(life.api.pop({issue: 1}))).toMatchObject({code: 'closed-issue', message: '#1 is closed'})
    expect((await refusal(life.api.pop({issue: 99}))).code).toBe('unknown-issue')
  })

  it('says with whom an issue is already, here or elsewhere and since when', async () => {
    const world = thinking()
    world.github.openIssue(1)
    world.github.openIssue(2)
    using life = await world.start()
    await life.api.pop({issue: 1})
    const here = await refusal(life.api.pop({issue: 1}))
    expect(here.message).toMatch(/^#1 is already \w+ with agent001 on \S+ since \d{4}-/)
    await life.api.pop({issue: 2})
    world.git.steal(2, 'other')
    using second = await world.start()
    await second.api.refresh({})
    const elsewhere = await refusal(second.api.pop({issue: 2}))
    expect(elsewhere.code).toBe('already-claimed')
    expect(elsewhere.message).toMatch(/^#2 is claimed by agent002 on other-host since 2026-01-01 /)
  })

  it('tells who was faster', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using life = await world.start()
    await life.api.refresh({})
    beatenBy(world, 'elsewhere')
    expect(await refusal(life.api.pop({issue: 1}))).toMatchObject({
      code: 'claim-refused',
      message: expect.stringMatching(/claimed by agent001 on elsewhere since/),
    })
    expect(life.state().agents[0]?.state, 'the slot is free again').toBe('available')
  })

  it('refuses when every agent is busy', async () => {
    const world = thinking({routing: {max_agents: 1}})
    world.github.openIssue(1)
    world.github.openIssue(2)
    using life = await world.start()
    await life.api.pop({issue: 1})
    expect(await refusal(life.api.pop({issue: 2}))).toMatchObject({
      code: 'no-free-agent',
      message: 'All 1 agent is busy',
      next: expect.stringContaining('routing.max_agents'),
    })
  })

  it('tries a blocked ticket again, in its conversation', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using life = await world.start()
    await life.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    await life.api.stopAgent({agent: 'agent001'})
    await world.until(() => life.state().agents[0]?.state === 'available', 'it is stopped')
    world.host.play = diligent(world)
    expect(await life.api.pop({issue: 1})).toMatchObject({ticket: 1, branch: 'agent001/1-issue-1'})
    await world.until(() => life.state().header.aboard === 1, 'it is bottled')
    expect(new Set([...world.host.all.values()].map(({session}) => session)).size).toBe(1)
  })
})

describe('route', () => {
  it('fills the free slots in order, or as many as it is told', async () => {
    const world = thinking({routing: {max_agents: 3}})
    for (const number of [1, 2, 3, 4]) world.github.openIssue(number)
    using life = await world.start()
    expect(await life.api.route({max: 1})).toMatchObject({claimed: [{ticket: 1, agent: 'agent001'}], refused: []})
    expect((await life.api.route({})).claimed.map(({ticket}) => ticket)).toEqual([2, 3])
    expect((await refusal(life.api.route({}))).code).toBe('no-free-agent')
  })

  it('tells which claims were lost', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using life = await world.start()
    beatenBy(world, 'elsewhere')
    expect(await life.api.route({max: 1})).toMatchObject({
      claimed: [],
      refused: [{ticket: 1, reason: expect.stringMatching(/elsewhere since/)}],
    })
  })
})

describe('bottle', () => {
  async function working() {
    const world = thinking()
    world.github.openIssue(1)
    const life = await world.start()
    await life.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    const {cwd} = world.host.live()[0]!
    return {world, life, cwd}
  }

  it('pushes what is committed and frees the agent', async () => {
    const {world, life, cwd} = await working()
    const head = world.git.commit(cwd, 'done')
    expect(await life.api.bottle({agent: 'agent001'})).toEqual({ticket: 1, head, commits: 1})
    expect(world.git.branches.get('agent001/1-issue-1')).toBe(head)
    await world.until(() => life.state().agents[0]?.state === 'available', 'it is free')
    life.kill()
  })

  it('refuses without a commit or with uncommitted files, however often, and the agent works on', async () => {
    const {world, life, cwd} = await working()
    for (let times = 0; times < 4; times++) {
      expect(await refusal(life.api.bottle({agent: 'agent001'}))).toMatchObject({
        code: 'nothing-to-bottle',
        message: expect.stringContaining('no commit'),
        kept: `everything in ${cwd}; agent001 works on`,
      })
    }
    world.git.commit(cwd, 'done')
    world.git.scribble(cwd, 'more.ts')
    expect(await refusal(life.api.bottle({agent: 'agent001'}))).toMatchObject({
      code: 'nothing-to-bottle',
      message: '#1 is not ready to be bottled: more.ts is not committed',
    })
    expect(life.state().tickets[0]?.phase).toBe('working')
    expect(world.host.prompts).toHaveLength(1)
    life.kill()
  })

  it('refuses at once for an agent without a ticket, or without work to look at', async () => {
    const {world, life, cwd} = await working()
    expect((await refusal(life.api.bottle({agent: 'agent002'}))).code).toBe('no-ticket')
    world.git.commit(cwd, 'done')
    // Its process is still being ended when the work is safe.
    world.host.stop = () => new Promise(() => {})
    await life.api.bottle({agent: 'agent001'})
    expect(await refusal(life.api.bottle({agent: 'agent001'}))).toMatchObject({
      code: 'not-bottled',
      message: '#1 is not ready to be bottled: review',
    })
    life.kill()
  })

  it('takes what the agent commits while it is being pushed', async () => {
    const {world, life, cwd} = await working()
    world.git.commit(cwd, 'first')
    const {pushWork} = world.git
    let late = ''
    world.git.pushWork = async options => {
      world.git.pushWork = pushWork
      late = world.git.commit(cwd, 'second')
      return pushWork(options)
    }
    expect(await life.api.bottle({agent: 'agent001'})).toMatchObject({head: late})
    life.kill()
  })
})

describe('land', () => {
  it('refuses what is not bottled, and lands nothing then', async () => {
    const world = thinking()
    for (const number of [1, 2]) world.github.openIssue(number)
    using life = await world.start()
    await life.api.pop({issue: 1})
    expect(await refusal(life.api.land({tickets: [1]}))).toMatchObject({code: 'not-bottled'})
    expect((await refusal(life.api.land({tickets: [2]}))).message).toContain('it is not claimed here')
    expect(world.github.pulls.size).toBe(0)
  })

  it('lands only what was named; the plan says who would board', async () => {
    const world = memoryWorld()
    for (const number of [1, 2]) world.github.openIssue(number)
    using life = await world.start()
    await life.api.route({})
    await world.until(() => life.state().header.aboard === 2, 'both are bottled')
    const {board, putOff} = await life.api.landPlan({})
    expect(board).toMatchObject([
      {ticket: 1, commits: 1, added: 2, removed: 1, pull: null},
      {ticket: 2, commits: 1},
    ])
    expect(putOff).toEqual([])
    expect(await life.api.land({tickets: [2]})).toEqual({landing: [2]})
    await world.until(() => world.github.issues.get(2)?.state === 'closed', '#2 landed')
    expect(life.state().header.aboard).toBe(1)
  })
})

describe('stopAgent', () => {
  it('saves the work, ends the process, and a person is asked', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using life = await world.start()
    await life.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    expect(await life.api.stopAgent({agent: 'agent001'})).toEqual({saved: 'refs/clambake/rescue/1'})
    await world.until(() => agentsOf(world).length === 0, 'it is stopped')
    expect(life.state().tickets[0]).toMatchObject({phase: 'blocked', attention: 'its agent was stopped by hand'})
    expect((await refusal(life.api.stopAgent({agent: 'agent001'}))).code).toBe('no-ticket')
  })

  it('stops one that is only starting, and leaves no process behind', async () => {
    const world = thinking()
    world.github.openIssue(1)
    using life = await world.start()
    const {spawn} = world.host
    const spawned = Promise.withResolvers<void>()
    world.host.spawn = async spec => {
      await spawned.promise
      return spawn(spec)
    }
    await life.api.pop({issue: 1})
    await world.until(() => life.state().tickets[0]?.detail === 'starting', 'it starts')
    await life.api.stopAgent({agent: 'agent001'})
    spawned.resolve()
    await world.until(() => life.state().agents[0]?.state === 'available', 'the slot is free')
    expect(agentsOf(world)).toEqual([])
    expect(life.state().tickets[0]?.phase).toBe('blocked')
  })
})

describe('why', () => {
  it('tells the facts behind an agent, a ticket, a pull request and an issue that waits', async () => {
    const world = memoryWorld()
    world.github.openIssue(1)
    world.github.openIssue(2, {labels: ['route:ready', 'human-only']})
    using life = await world.start({mode: {...BY_HAND, landing: 'at once'}})
    world.github.verdicts.set('', 'pending')
    world.github.checks = async sha => ({sha, state: 'pending', total: 3, done: 1, failures: []})
    await life.api.pop({issue: 1})
    await world.until(() => life.state().tickets.find(({number}) => number === 1)?.detail === 'checks', 'it is checked')
    const facts = async (subject: string) => (await life.api.why({subject})).facts.map(({text}) => text).join('\n')
    expect(await facts('#1')).toMatch(/#1 is checking[\s\S]*checks 1 of 3[\s\S]*pull request #101[\s\S]*1 starts/)
    expect(await facts('101'), 'by its pull request').toContain('#1 is checking')
    expect(await facts('agent001')).toMatch(/available[\s\S]*it has no ticket/)
    expect(await facts('2')).toContain('not routed: labelled human-only')
    expect(await refusal(life.api.why({subject: '99'}))).toMatchObject({code: 'unknown-subject'})
  })
})
