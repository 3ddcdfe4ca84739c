import {describe, expect, it} from 'vitest'
import type {Services} from '../../src/daemon/services.ts'
import type {Mode} from '../../src/model/core/facts.ts'
import {AT_ONCE, BY_HAND, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const GONE = 'its issue is gone from this repository: it was deleted or transferred'

/** Claims on request, and lands at once. */
const LANDING: Mode = {routing: 'by hand', landing: 'at once'}

const rowOf = (daemon: Services) => daemon.state().tickets.find(({number}) => number === 7)
const vanish = (world: MemoryWorld) => void world.github.issues.delete(7)

/** The ticket is reported as deleted; nothing of it is lost or merged. */
async function expectKept(world: MemoryWorld, daemon: RunningDaemon): Promise<void> {
  await world.until(() => rowOf(daemon)?.phase === 'blocked', 'it has a named state')
  expect(rowOf(daemon)?.attention).toContain(GONE)
  const {facts} = await daemon.api.why({subject: '7'})
  expect(facts[0]?.text).toContain(GONE)
  await world.until(() => world.host.live().length === 0, 'its agent is ended')
  await world.until(() => daemon.state().agents.every(({state}) => state === 'available'), 'its slot is free')
  // Several looks at GitHub pass.
  for (let looks = 0; looks < 3; looks++) {
    await daemon.reconciler.look()
    await world.clock.advance(10_000)
  }
  const {git, github} = world
  expect(rowOf(daemon)).toMatchObject({phase: 'blocked', attention: expect.stringContaining(GONE)})
  expect(git.claimRefs.get(7)?.record).toMatchObject({phase: 'blocked', reason: GONE})
  expect(git.trees.size, 'the worktree stays').toBe(1)
  expect(await git.lostCommits()).toEqual([])
  expect([...github.pulls.values()].filter(({state}) => state === 'merged')).toEqual([])
  expect(github.comments).toEqual([])
  expect(daemon.state().header.troubles).toEqual([])
}

describe('an issue that is deleted or transferred', () => {
  // At each call that a daemon makes for a ticket, whether or not it has written to GitHub before.
  it.each([
    ['the claim is won', 'git.claim'],
    ['its worktree is made', 'git.ensureWorktree'],
    ['its agent starts', 'host.spawn'],
    ['its work is looked at', 'git.inspect'],
    ['its work is pushed', 'git.pushWork'],
    ['its pull request is opened', 'github.ensurePull'],
    ['its checks are read', 'github.gate'],
    ['its landing begins', 'git.acquireLanding'],
  ])('when %s', async (_, call) => {
    const world = memoryWorld()
    world.github.openIssue(7)
    let seen = false
    using daemon = await world.start({
      mode: LANDING,
      watch(name, side) {
        if (name !== call || side !== 'before') return
        seen = true
        vanish(world)
      },
    })
    daemon.reconciler.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => seen, `${call} is called`)
    await expectKept(world, daemon)
  })

  it.each([0, 60_000])('%i ms after its agent began to work, which is ended with its work saved', async ms => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(7)
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => rowOf(daemon)?.phase === 'working', 'it is worked on')
    await world.clock.advance(ms)
    const {cwd} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'half')
    vanish(world)
    daemon.reconciler.start()
    await expectKept(world, daemon)
    expect((await world.git.inspect(cwd)).head).toBe(head)
  })

  it('when it is bottled: its branch is pushed, and the next daemon says the same', async () => {
    const world = memoryWorld()
    world.github.openIssue(7)
    const daemon = await world.start({mode: BY_HAND})
    await daemon.api.pop({issue: 7})
    await world.until(() => rowOf(daemon)?.detail === 'bottled', 'it is bottled')
    vanish(world)
    await world.clock.advance(60_000)
    await daemon.reconciler.look()
    await expectKept(world, daemon)
    const {branch} = rowOf(daemon)!
    expect(world.git.branches.has(branch!)).toBe(true)
    daemon.kill()
    using next = await world.start({mode: AT_ONCE})
    next.reconciler.start()
    await expectKept(world, next)
  })

  it('is released by a reset', async () => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(7)
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => rowOf(daemon)?.phase === 'working', 'it is worked on')
    world.git.commit(world.host.live()[0]!.cwd, 'half')
    vanish(world)
    daemon.reconciler.start()
    await expectKept(world, daemon)
    await daemon.api.reset({agent: 'agent001'})
    expect(world.git.claimRefs.size).toBe(0)
    expect(await world.git.lostCommits()).toEqual([])
  })

  it('a moment after the merge was requested: the rest is cleaned up, and the end is reported', async () => {
    const world = memoryWorld()
    world.github.openIssue(7)
    using daemon = await world.start({
      mode: LANDING,
      watch: (name, side) => void (name === 'github.merge' && side === 'after' && vanish(world)),
    })
    await daemon.api.pop({issue: 7})
    await world.until(() => rowOf(daemon)?.phase === 'merged', 'it is merged')
    await world.until(() => world.git.claimRefs.size === 0, 'its claim is released')
    expect(world.git.trees.size).toBe(0)
    expect(world.hub.events.map(({message}) => message)).toContain(
      `#7 landed through #101, which closes nothing: ${GONE}`,
    )
  })
})
