import {describe, expect, it} from 'vitest'
import {bottled, bundleOf, changePull, isClosed, MINUTE, pullsOf, ticketOf, underTest} from './bottled.ts'
import type {MemoryWorld} from './memory.ts'

describe('a bundle under test', () => {
  it.each<[string, (world: MemoryWorld) => void, string]>([
    ['makes a draft', world => changePull(world, {draft: true}), 'was made a draft by hand'],
    [
      'gives another base',
      world => changePull(world, {base: {branch: 'release', sha: ''}}),
      'was given the base release by hand',
    ],
    [
      'pushes to',
      world => void world.git.remote.branches.set(bundleOf(world), 'd'.repeat(40)),
      'holds ddddddd, which the daemon did not push',
    ],
    [
      'labels for people',
      ({github}) => {
        const {gate} = github
        github.gate = async asked => ({...(await gate(asked)), labels: asked.pull === 101 ? ['Human-Only'] : []})
      },
      'was labelled human-only by hand',
    ],
  ])('a bundle that a person %s waits for a person, and its tickets do not land beside it', async (_what, act, why) => {
    const {world, daemon, land, green} = await underTest([1, 2])
    act(world)
    green()
    await world.clock.advance(10 * MINUTE)
    for (const issue of [1, 2]) {
      expect(ticketOf(daemon, issue)).toMatchObject({
        value: 'blocked',
        context: {reason: `#101, the bundle's, ${why}`},
      })
    }
    expect(pullsOf(world)).toEqual(['bundle closed'])
    land()
    await world.until(() => [1, 2].every(issue => isClosed(world, issue)), 'both land when a person lands')
    const left = world.git.remote.branches.get(bundleOf(world))
    expect(left, 'what a person pushed stays').toBe(why.startsWith('holds') ? 'd'.repeat(40) : undefined)
  })

  it('what a person pushed to a bundle stays, also where the bundle is built again before it is seen', async () => {
    const {world, daemon} = await underTest([1, 2, 3])
    const branch = bundleOf(world)
    world.git.remote.branches.set(branch, 'd'.repeat(40))
    daemon.engine.dispatch({type: 'memberLost', ticket: 2, reason: 'another daemon has it'})
    await world.clock.advance(1000)
    for (const issue of [1, 3]) {
      expect(ticketOf(daemon, issue)).toMatchObject({
        value: 'blocked',
        context: {reason: `${branch} holds others' commits`},
      })
    }
    expect(world.git.remote.branches.get(branch)).toBe('d'.repeat(40))
  })

  it.each<[string, (world: MemoryWorld) => unknown, string]>([
    [
      'labels land:alone',
      ({github}) => github.issues.set(2, {...github.issues.get(2)!, labels: ['land:alone']}),
      'it is labelled land:alone',
    ],
    [
      'opens a draft for',
      ({github}) => github.ensureDraft({branch: 'agent002/2-issue-2', base: 'main', title: 'Wait', body: ''}),
      '#102 of its branch is a draft',
    ],
    [
      'opens a pull request for',
      ({github}) => github.ensurePull({branch: 'agent002/2-issue-2', base: 'main', title: 'Look at it', body: ''}),
      '#102 of its branch is open',
    ],
  ])('a ticket that a person %s leaves it, and the others land', async (_what, act, why) => {
    const {world, daemon, green} = await underTest([1, 2, 3])
    expect(ticketOf(daemon, 2).context.branch).toBe('agent002/2-issue-2')
    await act(world)
    await daemon.reconciler.look()
    green()
    await world.until(() => isClosed(world, 1) && isClosed(world, 3), 'the others land')
    expect(ticketOf(daemon, 2).context.alone).toBe(why)
    if (!why.includes('draft')) return
    await world.clock.advance(5 * MINUTE)
    expect(ticketOf(daemon, 2)).toMatchObject({value: 'held', context: {pull: 102}})
  })

  it('a ticket whose pull request a person opened and closed meanwhile waits for a person, and the others land', async () => {
    const {world, daemon, green} = await underTest([1, 2, 3])
    const {github} = world
    const asked = {branch: 'agent002/2-issue-2', base: 'main', title: 'Not this', body: ''}
    const {number} = await github.ensurePull(asked)
    await github.ensurePullClosed(number)
    green()
    await world.until(() => isClosed(world, 1) && isClosed(world, 3), 'the others land')
    const reason = `#${number} of its branch was closed by hand`
    expect(ticketOf(daemon, 2)).toMatchObject({value: 'blocked', context: {reason}})
    expect(isClosed(world, 2)).toBe(false)
  })

  it('a look that was slow says nothing of what the train tests by now', async () => {
    const {world, daemon, green} = await underTest([1, 2, 3])
    const testing = () => daemon.engine.state().train.now
    const {gate} = world.github
    let slow: Promise<void> | null = new Promise(done => world.clock.after(MINUTE, done))
    world.github.gate = async asked => {
      const waits = slow
      slow = null
      const reading = await gate(asked)
      await waits
      return reading
    }
    await world.clock.advance(20_000)
    const before = testing().context.trials[0]!.commit
    world.git.steal(2, 'other')
    await world.clock.advance(2 * MINUTE)
    expect(testing()).toMatchObject({value: 'testing'})
    expect(testing().context.trials[0]!.commit).not.toBe(before)
    green()
    await world.until(() => isClosed(world, 1) && isClosed(world, 3), 'the others land')
  })

  it('a merge queue that main gets while a bundle is tested takes its tickets one by one', async () => {
    const {world, daemon, green} = await underTest([1, 2])
    const {gate} = world.github
    world.github.gate = async asked => {
      const reading = await gate(asked)
      return {...reading, rules: {...reading.rules!, mergeQueue: true}}
    }
    world.git.remote.main.push('e'.repeat(40))
    green()
    await world.clock.advance(2 * MINUTE)
    expect(pullsOf(world)[0]).toBe('bundle closed')
    expect(ticketOf(daemon, 1).context.alone).toContain('main has a merge queue by now')
  })
})

describe('a pull request of a ticket’s own branch', () => {
  it('that a person opened before the train left is what the ticket lands by', async () => {
    const {world, daemon, land} = await bottled([1, 2, 3])
    const {branch} = ticketOf(daemon, 1).context
    await world.github.ensurePull({branch, base: 'main', title: 'Look at it', body: ''})
    await daemon.reconciler.look()
    land()
    await world.until(() => [1, 2, 3].every(issue => isClosed(world, issue)), 'all land')
    expect(pullsOf(world)).toEqual([`${branch} merged`, 'bundle merged'])
    expect(ticketOf(daemon, 1)).toMatchObject({
      value: 'merged',
      context: {pull: 101, alone: '#101 of its branch is open'},
    })
  })
})
