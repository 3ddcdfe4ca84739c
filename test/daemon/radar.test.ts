import {expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {pairKey} from '../../src/model/radar/forecast.ts'
import {claimOf} from '../git/claim-of.ts'
import {aPull} from '../model/builders.ts'
import {memoryWorld} from './memory.ts'

const named = (rows: readonly {one: {label: string}; other: {label: string} | null; committed: boolean}[]) =>
  rows.map(({one, other, committed}) => `${one.label} ${other?.label ?? 'main'}${committed ? '' : ' as files are'}`)

it('shows what conflicts with main and with each other, once it is seen and until it is gone', async () => {
  const world = memoryWorld({routing: {max_agents: 2}})
  for (const number of [1, 2]) world.github.openIssue(number)
  using daemon = await world.start()
  for (const issue of [1, 2]) await daemon.api.pop({issue})
  await world.until(() => daemon.state().tickets.every(({detail}) => detail === 'bottled'), 'both are bottled')
  const heads = daemon.state().tickets.map(({branch}) => world.git.branches.get(branch!)!)
  expect(daemon.state()).toMatchObject({conflicts: [], sides: [{key: '#1'}, {key: '#2'}]})

  world.git.clashes.set(pairKey([heads[0]!, heads[1]!]), ['src/routes.ts'])
  world.git.main.push('another commit on main')
  await daemon.api.refresh({})
  await world.until(() => daemon.state().conflicts.length === 1, 'the conflict is seen')
  expect(daemon.state().conflicts[0]).toMatchObject({
    one: {ticket: 1, agent: 'agent001'},
    other: {ticket: 2, agent: 'agent002'},
    files: [{path: 'src/routes.ts'}],
    committed: true,
  })
  expect(
    daemon.state().tickets.map(({detail}) => detail),
    'it is only shown',
  ).toEqual(['bottled', 'bottled'])

  world.git.clashes.clear()
  world.git.conflicts.set(heads[1]!, ['b.ts'])
  world.git.main.push('a third')
  await daemon.api.refresh({})
  await world.until(() => named(daemon.state().conflicts).join() === '#2 main', 'the other one is seen')
  const told = world.hub.events.filter(({type}) => type.startsWith('conflict_')).map(({message}) => message)
  expect(told).toEqual([
    '#1 and #2 conflict in src/routes.ts',
    '#2 and main conflict in b.ts',
    '#1 and #2 no longer conflict',
  ])
})

it('sees what is not committed some seconds after its agent was heard, and tries nothing twice', async () => {
  const world = memoryWorld({routing: {max_agents: 2}}, () => {})
  for (const number of [1, 2]) world.github.openIssue(number)
  const merged: string[] = []
  const {openRadar} = world.git
  world.git.openRadar = () => {
    const radar = openRadar()
    return {
      ...radar,
      merge: async pairs => {
        merged.push(...pairs.map(pairKey))
        return radar.merge(pairs)
      },
    }
  }
  using daemon = await world.start()
  for (const issue of [1, 2]) await daemon.api.pop({issue})
  await world.until(() => daemon.state().sides.length === 2, 'both have worktrees')
  const [one, two] = [...world.git.trees.keys()]
  world.git.scribble(one!, 'a.ts')
  world.git.scribble(two!, 'b.ts')
  using radar = openRadar()
  const held = [...(await radar.contents([one!, two!])).held.values()].map(({commit}) => commit)
  world.git.clashes.set(pairKey([held[0]!, held[1]!]), ['a.ts'])
  world.host.say(daemon.state().agents[0]!.pane!, 'PostToolUse', {tool_name: 'Edit'})
  await world.clock.advance(6000)
  expect(named(daemon.state().conflicts)).toEqual(['#1 #2 as files are'])
  const before = merged.length
  world.host.say(daemon.state().agents[1]!.pane!, 'PostToolUse', {tool_name: 'Read'})
  await world.clock.advance(6000)
  expect(merged.length).toBe(before)
})

it('looks again at once when a look at GitHub has news, and otherwise once in some seconds', async () => {
  const world = memoryWorld()
  world.git.trees.set('/elsewhere/try', {branch: 'try', head: 'a'.repeat(40), commits: [], dirty: [], changedAt: null})
  let looks = 0
  const {openRadar} = world.git
  world.git.openRadar = () => {
    const radar = openRadar()
    return {
      ...radar,
      contents: worktrees => {
        looks += 1
        return radar.contents(worktrees)
      },
    }
  }
  using daemon = await world.start()
  await daemon.api.refresh({})
  await world.until(() => daemon.state().sides.length === 1, 'the worktree is seen')
  await world.clock.advance(6000)
  await daemon.api.refresh({})
  await world.clock.advance(1000)
  const before = looks
  for (let times = 0; times < 5; times++) await daemon.api.refresh({})
  await world.clock.advance(1000)
  expect(looks - before).toBe(0)
  await world.clock.advance(5000)
  expect(looks - before).toBe(1)

  await daemon.api.refresh({})
  world.github.pulls.set(90, aPull(90))
  await daemon.api.refresh({})
  await world.until(() => daemon.state().sides.length === 2, 'the pull request is seen at once')
})

it("other people's pull requests and worktrees made by hand are sides too", async () => {
  const world = memoryWorld()
  world.github.pulls.set(90, aPull(90))
  world.git.trees.set('/elsewhere/try', {branch: 'try', head: 'a'.repeat(40), commits: [], dirty: [], changedAt: null})
  using daemon = await world.start()
  await daemon.api.refresh({})
  await world.until(() => daemon.state().sides.length === 2, 'both are seen')
  expect(daemon.state().sides).toMatchObject([
    {key: '/elsewhere/try', label: 'try', ticket: null},
    {key: 'pull 90', label: 'PR 90'},
  ])
})

it("another daemon's tickets are sides, by what they have pushed, and their pull requests are no second ones", async () => {
  const world = memoryWorld()
  world.github.openIssue(5)
  const head = 'b'.repeat(40)
  await world.git.claim(claimOf(5, head, {owner: 'elsewhere', branch: 'agent001/5-x', head}))
  world.github.pulls.set(90, aPull(90, {head: {branch: 'agent001/5-x', sha: head}}))
  using daemon = await world.start()
  await daemon.api.refresh({})
  await world.until(() => daemon.state().sides.length > 0, 'it is seen')
  expect(daemon.state().sides).toMatchObject([{key: '#5', ticket: 5, agent: null, branch: 'agent001/5-x'}])
})

it('a pull request of a fork is a side of its own, whatever its branch is called, and agents are sent to none', async () => {
  const world = memoryWorld()
  world.github.openIssue(5)
  using daemon = await world.start()
  await daemon.api.pop({issue: 5})
  const {branch} = daemon.engine.state().tickets[5]!.context
  world.github.pulls.set(90, aPull(90, {head: {branch: `mallory:${branch}`, sha: 'b'.repeat(40)}}))
  await daemon.reconciler.look()
  await daemon.api.refresh({})
  await world.until(() => daemon.state().sides.length === 2, 'both are seen')
  expect(daemon.state().sides.find(({key}) => key === 'pull 90')).toMatchObject({ticket: null, branch: null})
})

/** Starts a daemon with two agents whose work conflicts, and waits until it has seen that. */
async function startClashing(world: ReturnType<typeof memoryWorld>) {
  for (const number of [1, 2]) world.github.openIssue(number)
  const daemon = await world.start()
  for (const issue of [1, 2]) await daemon.api.pop({issue})
  await world.until(() => daemon.state().sides.length === 2, 'both have worktrees')
  const heads = [...world.git.trees].map(([path]) => world.git.commit(path, 'work'))
  world.git.clashes.set(pairKey([heads[0]!, heads[1]!]), ['a.ts'])
  await daemon.api.refresh({})
  await world.until(() => daemon.state().conflicts.length === 1, 'the conflict is seen')
  return daemon
}

it('tells both agents when asked to, and by itself when it is configured', async () => {
  for (const tell of ['ask', 'auto'] as const) {
    const world = memoryWorld({routing: {max_agents: 2}, radar: {tell}}, () => {})
    using daemon = await startClashing(world)
    if (tell === 'ask') {
      expect(await daemon.api.messages({limit: 9})).toEqual([])
      expect(await daemon.api.tellConflict({one: '#1', other: '#2'})).toEqual({agents: ['agent001', 'agent002']})
      await expect(daemon.api.tellConflict({one: '#1', other: null})).rejects.toMatchObject({code: 'no-conflict'})
    }
    const said = await daemon.api.messages({limit: 9})
    expect(said.map(({to}) => to).sort()).toEqual(['agent001', 'agent002'])
    expect(said[0]!.text).toContain('a.ts')
    daemon.kill()
    if (tell === 'ask') world.config.radar.tell = 'auto'
    using next = await world.start()
    await next.api.refresh({})
    await world.until(() => next.state().conflicts.length === 1, 'the next daemon sees it')
    await world.clock.advance(60_000)
    expect(await next.api.messages({limit: 9}), 'what they were told they are not told again').toHaveLength(2)
    next.kill()
  }
})

it('tells of the conflicts that are there when a person configures that it does so by itself', async () => {
  const world = memoryWorld({routing: {max_agents: 2}}, () => {})
  using daemon = await startClashing(world)
  expect(await daemon.api.messages({limit: 9})).toEqual([])
  const {config} = daemon.engine.state()
  daemon.engine.dispatch({type: 'configurationChanged', config: {...config, radar: {...config.radar, tell: 'auto'}}})
  await world.clock.advance(1000)
  expect((await daemon.api.messages({limit: 9})).map(({to}) => to).sort()).toEqual(['agent001', 'agent002'])
})

it('does not tell an agent that works on something else by now; the agent of the other side gets it', async () => {
  for (const tell of ['ask', 'auto'] as const) {
    const world = memoryWorld({routing: {max_agents: 2}, radar: {tell}}, () => {})
    for (const number of [1, 2, 3]) world.github.openIssue(number)
    const daemon = await world.start()
    for (const issue of [1, 2]) await daemon.api.pop({issue})
    await world.until(() => world.host.prompts.length === 2, 'both are prompted')
    const heads = [...world.git.trees].map(([path]) => world.git.commit(path, 'work'))
    world.git.clashes.set(pairKey([heads[0]!, heads[1]!]), ['a.ts'])
    world.host.say(world.host.live().find(({meta}) => meta.ticket === '1')!.pane, 'Stop')
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'the first is handed in')
    await daemon.api.pop({issue: 3})
    expect(daemon.engine.state().tickets[3]?.context.agent).toBe('agent001')
    await daemon.api.refresh({})
    await world.until(() => daemon.state().conflicts.length === 1, 'the conflict is seen')
    if (tell === 'ask') expect(await daemon.api.tellConflict({one: '#1', other: '#2'})).toEqual({agents: ['agent002']})
    expect((await daemon.api.messages({limit: 9})).map(({to, ticket}) => [to, ticket])).toEqual([['agent002', 2]])
    await daemon.api.stopAgent({agent: 'agent002'})
    const refused = daemon.api.tellConflict({one: '#1', other: '#2'})
    await expect(refused).rejects.toMatchObject({code: 'no-ticket', message: 'No agent works on #1 and #2 now'})
    daemon.kill()
  }
})

it('keeps since when a conflict is seen over a restart of the daemon, and tells of it once', async () => {
  const world = memoryWorld({routing: {max_agents: 2}, bundling: {leave_early: false}})
  for (const number of [1, 2]) world.github.openIssue(number)
  const first = await world.start()
  for (const issue of [1, 2]) await first.api.pop({issue})
  await world.until(() => first.state().tickets.every(({detail}) => detail === 'bottled'), 'both are bottled')
  const heads = first.state().tickets.map(({branch}) => world.git.branches.get(branch!)!)
  world.git.clashes.set(pairKey([heads[0]!, heads[1]!]), ['src/routes.ts'])
  world.git.main.push('another commit on main')
  await first.api.refresh({})
  await world.until(() => first.state().conflicts.length === 1, 'the conflict is seen')
  const {since} = first.state().conflicts[0]!
  await world.clock.advance(60 * 60_000)
  first.kill()

  const second = await world.start()
  await second.api.refresh({})
  await world.until(() => second.state().conflicts.length === 1, 'it is seen again')
  expect(second.state().conflicts[0]?.since).toBe(since)
  world.git.clashes.clear()
  world.git.main.push('a third')
  await second.api.refresh({})
  await world.until(() => second.state().conflicts.length === 0, 'it is gone')
  second.kill()

  using third = await world.start()
  world.git.clashes.set(pairKey([heads[0]!, heads[1]!]), ['src/routes.ts'])
  world.git.main.push('a fourth')
  await third.api.refresh({})
  await world.until(() => third.state().conflicts.length === 1, 'they conflict again')
  expect(third.state().conflicts[0]?.since).toBeGreaterThan(since + 60 * 60_000)
  expect(world.hub.events.filter(({type}) => type.startsWith('conflict_')).map(({message}) => message)).toEqual([
    '#1 and #2 conflict in src/routes.ts',
    '#1 and #2 no longer conflict',
    '#1 and #2 conflict in src/routes.ts',
  ])
})

it('says while it cannot look, and looks again by itself', async () => {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  const {openRadar} = world.git
  world.git.openRadar = () => {
    throw new ClambakeError({code: 'disk-full', message: 'The disk is full: no space left'})
  }
  using daemon = await world.start()
  await daemon.api.pop({issue: 1})
  const troubles = () => daemon.state().header.troubles.join()
  await world.until(() => troubles().includes('Conflicts are not looked for: The disk is full'), 'it says so')
  world.git.openRadar = openRadar
  await world.clock.advance(31_000)
  await world.until(() => troubles() === '', 'it looks again')
})

it('looks with another folder after its own was removed, as cleaners of temporary folders do', async () => {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  const {openRadar} = world.git
  let isRemoved = true
  world.git.openRadar = () => {
    const gone = isRemoved
    const radar = openRadar()
    const main = () => (gone ? Promise.reject(new Error('git merge-tree: not a git repository')) : radar.main())
    return {...radar, main}
  }
  using daemon = await world.start()
  await daemon.api.pop({issue: 1})
  const troubles = () => daemon.state().header.troubles.join()
  await world.until(() => troubles().includes('Conflicts are not looked for'), 'it says so')
  isRemoved = false
  await world.clock.advance(31_000)
  await world.until(() => troubles() === '', 'it looks again')
})

it('takes the last commit of a worktree that cannot be read, as where a pipe is in a file', async () => {
  const world = memoryWorld({})
  world.github.openIssue(1)
  const {openRadar} = world.git
  world.git.openRadar = () => ({...openRadar(), contents: async silent => ({held: new Map(), silent})})
  using daemon = await world.start()
  await daemon.api.pop({issue: 1})
  await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
  world.git.conflicts.set(world.git.branches.get(daemon.state().tickets[0]!.branch!)!, ['b.ts'])
  world.git.main.push('another commit on main')
  await daemon.api.refresh({})
  await world.until(() => named(daemon.state().conflicts).join() === '#1 main', 'its conflict is seen')
  await world.clock.advance(6000)
  await daemon.api.refresh({})
  expect(daemon.state().header.troubles.join()).toContain('whose commits alone count for conflicts')
})
