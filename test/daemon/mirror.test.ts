import {describe, expect, it} from 'vitest'
import type {Notice} from '../../src/daemon/troubles.ts'
import {AT_ONCE, type Life, type MemoryWorld, memoryWorld} from './memory.ts'

const BOARD = {github: {project_id: 'PVT_1'}}

/** A world whose agent works until it is ended, and GitHub shows that. */
async function working(change: Record<string, unknown> = {}): Promise<{world: MemoryWorld; life: Life}> {
  const world = memoryWorld({...BOARD, ...change}, () => {})
  world.github.openIssue(7)
  const life = await world.start()
  await life.api.pop({issue: 7})
  await world.until(() => world.github.board?.get(7) === 'In Progress', 'its card moves')
  await world.clock.advance(5000)
  return {world, life}
}

const rowOf = (life: Life) => life.state().tickets.find(({number}) => number === 7)

describe('a card', () => {
  it('follows its ticket from the claim to main', async () => {
    const world = memoryWorld({...BOARD, agents: {'agent-001': {github_user: 'robot'}}})
    const {github} = world
    const columns: string[] = []
    const move = github.ensureColumn
    github.ensureColumn = async (issue, column, from) => {
      if (columns.at(-1) !== column) columns.push(column)
      await move(issue, column, from)
    }
    github.openIssue(7)
    using life = await world.start({mode: AT_ONCE})
    await life.reconciler.look()
    await world.until(() => rowOf(life)?.phase === 'merged', 'it is merged')
    await world.until(() => world.git.claimRefs.size === 0, 'its claim is released')
    expect(columns).toEqual(['Assigned', 'In Progress', 'Review', 'Done'])
    expect(github.issues.get(7)).toMatchObject({labels: [], assignees: ['robot']})
  })

  it('that cannot be moved is a trouble that is told once, keeps nothing back, and heals by itself', async () => {
    const world = memoryWorld(BOARD)
    const {github} = world
    github.board = null
    github.openIssue(7)
    using life = await world.start()
    const notices: Notice[] = []
    life.onNotice(notice => notices.push(notice))
    await life.api.pop({issue: 7})
    await world.until(() => rowOf(life)?.detail === 'bottled', 'it is bottled')
    await world.until(() => github.issues.get(7)!.labels.includes('route:review'), 'its labels are shown')
    await life.reconciler.look()
    await world.clock.advance(1000)
    expect(life.state().header.troubles).toEqual([expect.stringContaining('the board is gone')])
    expect(notices.map(({text}) => text)).toEqual(['the board is gone'])
    github.board = new Map()
    await life.reconciler.look()
    await world.until(() => github.board?.get(7) === 'Review', 'its card is where it belongs')
    expect(life.state().header.troubles).toEqual([])
  })
})

describe('a change by hand', () => {
  it('is put back', async () => {
    const {world, life} = await working()
    using _ = life
    world.github.board!.set(7, 'Done')
    await life.reconciler.look()
    await world.until(() => world.github.board!.get(7) === 'In Progress', 'its card is put back')
    expect(world.host.live()).toHaveLength(1)
    expect(world.hub.events.at(-1)?.message).toBe(
      'changed by hand on GitHub: #7 column: Done instead of In Progress; put back',
    )
  })

  it('to Blocked ends the agent where GitHub is right; its work is saved, and going on is a move back', async () => {
    const {world, life} = await working({sync: {strategy: 'github-wins'}})
    using _ = life
    const {cwd} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'half')
    world.github.board!.set(7, 'Blocked')
    await life.reconciler.look()
    await world.until(() => rowOf(life)?.phase === 'blocked', 'it is blocked')
    await world.until(() => world.host.live().length === 0, 'its agent is ended')
    expect(world.git.claimRefs.size).toBe(1)
    expect(await world.git.lostCommits()).toEqual([])
    expect((await world.git.inspect(cwd)).head).toBe(head)
    await world.clock.advance(10_000)
    world.github.board!.set(7, 'In Progress')
    await life.reconciler.look()
    await world.until(() => world.host.live().length === 1, 'an agent goes on')
  })

  it('to Backlog gives the ticket up where GitHub is right, and its work stays', async () => {
    const {world, life} = await working({sync: {strategy: 'github-wins'}})
    using _ = life
    const {cwd} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'half')
    world.github.board!.set(7, 'Backlog')
    await life.reconciler.look()
    await world.until(() => world.git.claimRefs.size === 0, 'its claim is given back')
    await world.clock.advance(1000)
    expect(world.host.live()).toEqual([])
    expect(life.state().agents[0]).toMatchObject({state: 'available', ticket: null})
    expect(world.github.issues.get(7)?.labels).toEqual([])
    expect(world.github.board!.get(7)).toBe('Backlog')
    expect((await world.git.inspect(cwd)).head).toBe(head)
  })

  it.each([
    ['github-wins', 'blocked'],
    ['local-wins', 'working'],
  ])('while no daemon ran is found by the next one under %s: the ticket is %s', async (strategy, phase) => {
    const {world, life} = await working({sync: {strategy}})
    life.kill()
    world.github.board!.set(7, 'Blocked')
    using next = await world.start()
    await next.reconciler.look()
    await world.until(() => rowOf(next)?.phase === phase, 'it is judged')
    const column = phase === 'blocked' ? 'Blocked' : 'In Progress'
    await world.until(() => world.github.board!.get(7) === column, 'its card says so')
  })

  it('on an issue that nobody holds: labels of work are taken off', async () => {
    const world = memoryWorld()
    world.github.openIssue(7, {labels: ['agent001', 'agent:in-progress', 'bug']})
    using life = await world.start()
    await life.reconciler.look()
    await life.reconciler.look()
    await world.until(() => !world.github.issues.get(7)!.labels.includes('agent001'), 'they are gone')
    expect(world.github.issues.get(7)?.labels).toEqual(['bug', 'route:ready'])
  })
})

describe('sync', () => {
  it('says what differs, who is right and what is done; what was chosen there goes before the configuration', async () => {
    const {world, life} = await working({sync: {strategy: 'manual'}})
    using _ = life
    world.github.board!.set(7, 'Done')
    const found = {ticket: 7, agent: 'agent001', part: 'column', wanted: 'In Progress', found: 'Done'}
    expect(await life.api.mismatches({})).toMatchObject([{...found, choice: 'ask', act: 'ask'}])
    expect(await life.api.sync({})).toMatchObject({
      rows: [{...found, choice: 'ask', act: 'ask'}],
      told: [],
      compared: 1,
    })
    expect(life.state().header.troubles).toEqual(['changed by hand on GitHub, clambake sync: #7'])
    expect(world.github.board!.get(7)).toBe('Done')
    const put = life.api.sync({strategy: 'local-wins'})
    await world.until(() => world.github.board!.get(7) === 'In Progress', 'it is put back')
    await world.clock.advance(100)
    expect((await put).rows).toMatchObject([{...found, choice: 'local', act: 'put back'}])
    expect(life.state().header.troubles).toEqual([])
    await world.clock.advance(5000)
    expect(await life.api.mismatches({})).toEqual([])
  })

  it('looks at the tickets of some agents, and tells them anew when it is forced', async () => {
    const {world, life} = await working()
    using _ = life
    world.github.issues.set(7, {...world.github.issues.get(7)!, labels: ['agent001']})
    expect(await life.api.mismatches({agents: ['agent002']})).toEqual([])
    const none = await life.api.sync({agents: ['agent002'], force: true})
    expect(none).toEqual({rows: [], told: [], compared: 0})
    const forced = life.api.sync({tickets: [7], force: true})
    await world.until(() => world.github.issues.get(7)!.labels.length === 2, 'it is told anew')
    await world.clock.advance(100)
    expect(await forced).toMatchObject({told: [7], compared: 1})
  })

  it('of all issues takes labels of work from those that nobody holds', async () => {
    const world = memoryWorld()
    world.github.openIssue(8, {labels: ['agent002', 'bug']})
    using life = await world.start()
    const found = {ticket: 8, agent: null, part: 'labels', wanted: 'none', found: 'agent002', act: 'put back'}
    const {rows} = await life.api.sync({all: true})
    expect(rows).toMatchObject([found])
    await world.until(() => !world.github.issues.get(8)!.labels.includes('agent002'), 'it is taken off')
  })
})
