import {describe, expect, it} from 'vitest'
import {
  bottled,
  bundleOf,
  CALLED,
  changePull,
  headOf,
  isClosed,
  MINUTE,
  pullsOf,
  ticketOf,
  underTest,
} from './bottled.ts'
import type {MemoryWorld} from './memory.ts'

/** Starts the daemon again after a kill. */
async function again(world: MemoryWorld) {
  const daemon = await world.start({mode: CALLED})
  daemon.reconciler.start()
  return daemon
}

describe('a bundle under test when its daemon is killed', () => {
  it('is continued by the next one, with its pull request and its commits', async () => {
    const {world, daemon, green} = await underTest([1, 2, 3])
    const {members, trials} = daemon.engine.state().train.now.context
    daemon.kill()
    const next = await again(world)
    await world.until(() => next.engine.state().train.now.value === 'testing', 'it is tested')
    expect(next.engine.state().train.now.context).toMatchObject({members, trials})
    green()
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all land')
    expect(pullsOf(world)).toEqual(['bundle merged'])
    expect(bundleOf(world)).toBe('')
  })

  it('is continued in the middle of the search for a bad one, which is found and told what failed', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3, 4])
    const bad = headOf(daemon, 3)
    const carries = (sha: string) => (world.git.remote.bundles.get(sha) ?? []).some(({head}) => head === bad)
    let isSlow = false
    world.github.judge = sha => (isSlow ? 'pending' : carries(sha) || sha === bad ? 'failed' : undefined)
    land()
    const round = (of: typeof daemon) => of.engine.state().train.now.context.round
    await world.until(() => round(daemon) === 1, 'the whole was red')
    isSlow = true
    await world.until(() => daemon.engine.state().train.now.value === 'testing', 'parts are tested')
    const {trials} = daemon.engine.state().train.now.context
    expect(trials.length).toBeGreaterThan(1)
    daemon.kill()
    const next = await again(world)
    await world.until(() => next.engine.state().train.now.value === 'testing', 'parts are tested')
    expect(next.engine.state().train.now.context).toMatchObject({trials, round: 1, failures: [{name: 'unit'}]})
    isSlow = false
    await world.until(() => [1, 2, 3, 4].every(issue => isClosed(world, issue)), 'all land')
    expect([1, 2, 3, 4].map(issue => ticketOf(next, issue).context.repairs)).toEqual([0, 0, 1, 0])
  })

  it('is built again where main moved meanwhile, with the same pull request', async () => {
    const {world, daemon, green} = await underTest([1, 2])
    const [before] = daemon.engine.state().train.now.context.trials
    daemon.kill()
    world.git.remote.main.push('e'.repeat(40))
    const next = await again(world)
    await world.until(() => next.engine.state().train.now.value === 'testing', 'it is tested')
    const [trial] = next.engine.state().train.now.context.trials
    expect(trial).toMatchObject({branch: before!.branch, pull: before!.pull})
    expect(trial!.commit).not.toBe(before!.commit)
    green()
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land')
    expect(pullsOf(world)).toEqual(['bundle merged'])
  })

  it.each<[string, (world: MemoryWorld) => void, string]>([
    ['closed', world => changePull(world, {state: 'closed'}), "#101, the bundle's, was closed by hand"],
    ['made a draft', world => changePull(world, {draft: true}), "#101, the bundle's, was made a draft by hand"],
    [
      'pushed to',
      world => void world.git.remote.branches.set(bundleOf(world), 'd'.repeat(40)),
      "holds others' commits",
    ],
  ])('waits for a person where one %s it meanwhile', async (_what, act, why) => {
    const {world, daemon, green} = await underTest([1, 2])
    daemon.kill()
    act(world)
    green()
    const next = await again(world)
    await world.clock.advance(10 * MINUTE)
    for (const issue of [1, 2]) {
      expect(ticketOf(next, issue)).toMatchObject({value: 'blocked', context: {reason: expect.stringContaining(why)}})
    }
    next.engine.dispatch({type: 'landAsked', tickets: null})
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land when a person lands')
    expect(pullsOf(world)[0]).toBe('bundle closed')
  })

  it('is noted as landed where it was merged meanwhile', async () => {
    const {world, daemon} = await underTest([1, 2])
    daemon.kill()
    world.github.mergeByHand(101)
    const next = await again(world)
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both are closed')
    expect(pullsOf(world)).toEqual(['bundle merged'])
    expect(next.engine.state().train.now.value).toBe('waiting')
  })

  it.each<[string, (world: MemoryWorld) => void]>([
    ['was taken by another daemon', ({git}) => git.steal(2, 'other')],
    [
      'has an issue that a person closed',
      ({github}) => void github.issues.set(2, {...github.issues.get(2)!, state: 'closed'}),
    ],
    [
      'has a branch that a person pushed to',
      ({git}) => void git.remote.branches.set('agent002/2-issue-2', 'd'.repeat(40)),
    ],
  ])('lands without a ticket that %s meanwhile', async (_what, act) => {
    const {world, daemon, green} = await underTest([1, 2, 3])
    expect(ticketOf(daemon, 2).context.branch).toBe('agent002/2-issue-2')
    daemon.kill()
    act(world)
    green()
    await again(world)
    await world.until(() => isClosed(world, 1) && isClosed(world, 3), 'the others land')
    await world.clock.advance(30 * MINUTE)
    expect(world.github.comments.filter(text => text.startsWith('#2 landed'))).toEqual([])
    expect(pullsOf(world).filter(text => text.startsWith('bundle') && text.endsWith('open'))).toEqual([])
  })
})
