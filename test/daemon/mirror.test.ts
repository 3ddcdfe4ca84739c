import {describe, expect, it} from 'vitest'
import type {Notice} from '../../src/daemon/troubles.ts'
import {shownRow} from '../../src/model/mirror/shown-row.ts'
import {AT_ONCE, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const BOARD = {github: {project_id: 'PVT_1'}}

/** A world whose agent works until it is ended, and whose GitHub shows that. */
async function working(change: Record<string, unknown> = {}): Promise<{world: MemoryWorld; daemon: RunningDaemon}> {
  const world = memoryWorld({...BOARD, ...change}, () => {})
  world.github.openIssue(7)
  const daemon = await world.start()
  await daemon.api.pop({issue: 7})
  await world.until(() => world.github.board?.get(7) === 'In Progress', 'its card moves')
  await world.clock.advance(5000)
  return {world, daemon}
}

const rowOf = (daemon: RunningDaemon) => daemon.state().tickets.find(({number}) => number === 7)

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
    using daemon = await world.start({mode: AT_ONCE})
    await daemon.reconciler.look()
    await world.until(() => rowOf(daemon)?.phase === 'merged', 'it is merged')
    await world.until(() => world.git.claimRefs.size === 0, 'its claim is released')
    expect(columns).toEqual(['Assigned', 'In Progress', 'Review', 'Done'])
    expect(github.issues.get(7)).toMatchObject({labels: [], assignees: ['robot']})
  })

  it('that cannot be moved is reported once, delays nothing, and is moved when that works again', async () => {
    const world = memoryWorld(BOARD)
    const {github} = world
    github.board = null
    github.openIssue(7)
    using daemon = await world.start()
    const notices: Notice[] = []
    daemon.onNotice(notice => notices.push(notice))
    await daemon.api.pop({issue: 7})
    await world.until(() => rowOf(daemon)?.detail === 'bottled', 'it is bottled')
    await world.until(() => github.issues.get(7)!.labels.includes('route:review'), 'its labels are shown')
    await daemon.reconciler.look()
    await world.clock.advance(1000)
    expect(daemon.state().header.troubles).toEqual([expect.stringContaining('the board is gone')])
    expect(notices.map(({text}) => text)).toEqual(['the board is gone'])
    github.board = new Map()
    await daemon.reconciler.look()
    await world.until(() => github.board?.get(7) === 'Review', 'its card is where it belongs')
    expect(daemon.state().header.troubles).toEqual([])
  })
})

describe('a change by hand', () => {
  it('is put back', async () => {
    const {world, daemon} = await working()
    using _ = daemon
    world.github.board!.set(7, 'Done')
    await daemon.reconciler.look()
    await world.until(() => world.github.board!.get(7) === 'In Progress', 'its card is put back')
    expect(world.host.live()).toHaveLength(1)
    expect(world.hub.events.at(-1)?.message).toBe(
      'changed by hand on GitHub: #7 column: Done instead of In Progress; put back',
    )
  })

  it('to Blocked ends the agent where GitHub wins; its work is saved, and moving the card back continues', async () => {
    const {world, daemon} = await working({sync: {strategy: 'github-wins'}})
    using _ = daemon
    const {cwd} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'half')
    world.github.board!.set(7, 'Blocked')
    await daemon.reconciler.look()
    await world.until(() => rowOf(daemon)?.phase === 'blocked', 'it is blocked')
    await world.until(() => world.host.live().length === 0, 'its agent is ended')
    expect(world.git.claimRefs.size).toBe(1)
    expect(await world.git.lostCommits()).toEqual([])
    expect((await world.git.inspect(cwd)).head).toBe(head)
    await world.clock.advance(10_000)
    world.github.board!.set(7, 'In Progress')
    await daemon.reconciler.look()
    await world.until(() => world.host.live().length === 1, 'an agent continues')
  })

  it('to Backlog releases the ticket where GitHub wins, and its work stays', async () => {
    const {world, daemon} = await working({sync: {strategy: 'github-wins'}})
    using _ = daemon
    const {cwd} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'half')
    world.github.board!.set(7, 'Backlog')
    await daemon.reconciler.look()
    await world.until(() => world.git.claimRefs.size === 0, 'its claim is released')
    await world.clock.advance(1000)
    expect(world.host.live()).toEqual([])
    expect(daemon.state().agents[0]).toMatchObject({state: 'available', ticket: null})
    expect(world.github.issues.get(7)?.labels).toEqual([])
    expect(world.github.board!.get(7)).toBe('Backlog')
    expect((await world.git.inspect(cwd)).head).toBe(head)
  })

  it.each([
    ['github-wins', 'blocked'],
    ['local-wins', 'working'],
  ])('while no daemon ran is found by the next one under %s: the ticket is %s', async (strategy, phase) => {
    const {world, daemon} = await working({sync: {strategy}})
    daemon.kill()
    world.github.board!.set(7, 'Blocked')
    using next = await world.start()
    await next.reconciler.look()
    await world.until(() => rowOf(next)?.phase === phase, 'it is judged')
    const column = phase === 'blocked' ? 'Blocked' : 'In Progress'
    await world.until(() => world.github.board!.get(7) === column, 'its card says so')
  })

  it('on an unclaimed issue: labels of work are removed', async () => {
    const world = memoryWorld()
    world.github.openIssue(7, {labels: ['agent001', 'agent:in-progress', 'bug']})
    using daemon = await world.start()
    await daemon.reconciler.look()
    await daemon.reconciler.look()
    await world.until(() => !world.github.issues.get(7)!.labels.includes('agent001'), 'they are gone')
    expect(world.github.issues.get(7)?.labels).toEqual(['bug', 'route:ready'])
  })
})

describe('sync', () => {
  it('says what differs, which side wins and what is done; its strategy overrides the configuration', async () => {
    const {world, daemon} = await working({sync: {strategy: 'manual'}})
    using _ = daemon
    world.github.board!.set(7, 'Done')
    const found = {ticket: 7, agent: 'agent001', part: 'column', wanted: 'In Progress', found: 'Done'}
    expect(await daemon.api.mismatches({})).toMatchObject([{...found, choice: 'ask', act: 'ask'}])
    expect(await daemon.api.sync({})).toMatchObject({
      rows: [{...found, choice: 'ask', act: 'ask'}],
      told: [],
      compared: 1,
    })
    expect(daemon.state().header.troubles).toEqual(['changed by hand on GitHub, clambake sync: #7'])
    expect(world.github.board!.get(7)).toBe('Done')
    const put = daemon.api.sync({strategy: 'local-wins'})
    await world.until(() => world.github.board!.get(7) === 'In Progress', 'it is put back')
    await world.clock.advance(100)
    expect((await put).rows).toMatchObject([{...found, choice: 'local', act: 'put back'}])
    expect(daemon.state().header.troubles).toEqual([])
    await world.clock.advance(5000)
    expect(await daemon.api.mismatches({})).toEqual([])
  })

  it('looks at the tickets of some agents, and rewrites them when it is forced', async () => {
    const {world, daemon} = await working()
    using _ = daemon
    world.github.issues.set(7, {...world.github.issues.get(7)!, labels: ['agent001']})
    expect(await daemon.api.mismatches({agents: ['agent002']})).toEqual([])
    const none = await daemon.api.sync({agents: ['agent002'], force: true})
    expect(none).toEqual({rows: [], fresh: [], told: [], compared: 0})
    const forced = daemon.api.sync({tickets: [7], force: true})
    await world.until(() => world.github.issues.get(7)!.labels.length === 2, 'it is written again')
    await world.clock.advance(100)
    expect(await forced).toMatchObject({told: [7], compared: 1})
  })

  it('does nothing about a difference that came after those that were shown, and lists it', async () => {
    const {world, daemon} = await working({sync: {strategy: 'manual'}})
    using _ = daemon
    world.github.board!.set(7, 'Done')
    const strategy = 'local-wins'
    const shown = (await daemon.api.mismatches({strategy})).map(shownRow)
    world.github.board!.set(7, 'Blocked')
    const {rows, fresh} = await daemon.api.sync({strategy, shown, force: true})
    expect({rows, fresh}).toMatchObject({rows: [], fresh: [{ticket: 7, part: 'column', found: 'Blocked'}]})
    expect(await daemon.api.sync({strategy, shown: []})).toMatchObject({rows: [], fresh: [{found: 'Blocked'}]})
    await world.clock.advance(5000)
    expect(world.github.board!.get(7)).toBe('Blocked')
    const put = daemon.api.sync({strategy, shown: fresh.map(shownRow)})
    await world.until(() => world.github.board!.get(7) === 'In Progress', 'what was shown is put back')
    await world.clock.advance(100)
    expect(await put).toMatchObject({rows: [{found: 'Blocked', act: 'put back'}], fresh: []})
  })

  it.each([
    ['of an earlier claim', {claim: 'acme/widgets#7 2020-01-01T00:00:00.000Z'}],
    ['that was to be treated in another way', {act: 'release'}],
  ] as const)('does nothing about a difference %s', async (_, change) => {
    const {world, daemon} = await working({sync: {strategy: 'manual'}})
    using _daemon = daemon
    world.github.board!.set(7, 'Blocked')
    const strategy = 'github-wins'
    const [row] = await daemon.api.mismatches({strategy})
    expect(row).toMatchObject({act: 'stop', claim: expect.stringContaining('#7 ')})
    const shown = [{...shownRow(row!), ...change}]
    expect(await daemon.api.sync({strategy, shown})).toMatchObject({rows: [], fresh: [row]})
    expect(world.host.live()).toHaveLength(1)
  })

  it('of all issues removes labels of work from unclaimed ones', async () => {
    const world = memoryWorld()
    world.github.openIssue(8, {labels: ['agent002', 'bug']})
    using daemon = await world.start()
    const found = {ticket: 8, agent: null, part: 'labels', wanted: 'none', found: 'agent002', act: 'put back'}
    const {rows} = await daemon.api.sync({all: true})
    expect(rows).toMatchObject([found])
    await world.until(() => !world.github.issues.get(8)!.labels.includes('agent002'), 'it is removed')
  })
})
