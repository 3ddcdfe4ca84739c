import {describe, expect, it} from 'vitest'
import type {Services} from '../../src/daemon/services.ts'
import type {Mode} from '../../src/model/core/facts.ts'
import {AT_ONCE, BY_HAND, type Life, type MemoryWorld, memoryWorld} from './memory.ts'

const GONE = 'its issue is gone from this repository: it was deleted or transferred'

/** Claimed when asked, landed at once. */
const LANDING: Mode = {routing: 'by hand', landing: 'at once'}

const rowOf = (life: Services) => life.state().tickets.find(({number}) => number === 7)
const vanish = (world: MemoryWorld) => void world.github.issues.delete(7)

/** A ticket that is named as what it is, of which nothing is lost and nothing was merged. */
async function expectKept(world: MemoryWorld, life: Life): Promise<void> {
  await world.until(() => rowOf(life)?.phase === 'blocked', 'it has a named state')
  expect(rowOf(life)?.attention).toContain(GONE)
  const {facts} = await life.api.why({subject: '7'})
  expect(facts[0]?.text).toContain(GONE)
  await world.until(() => world.host.live().length === 0, 'its agent is ended')
  await world.until(() => life.state().agents.every(({state}) => state === 'available'), 'its slot is free')
  // Looks at GitHub come and go.
  for (let looks = 0; looks < 3; looks++) {
    await life.reconciler.look()
    await world.clock.advance(10_000)
  }
  const {git, github} = world
  expect(rowOf(life)).toMatchObject({phase: 'blocked', attention: expect.stringContaining(GONE)})
  expect(git.claimRefs.get(7)?.record).toMatchObject({phase: 'blocked', reason: GONE})
  expect(git.trees.size, 'the worktree stays').toBe(1)
  expect(await git.lostCommits()).toEqual([])
  expect([...github.pulls.values()].filter(({state}) => state === 'merged')).toEqual([])
  expect(github.comments).toEqual([])
  expect(life.state().header.troubles).toEqual([])
}

describe('an issue that is deleted or transferred', () => {
  // At each call that a daemon makes for a ticket: whichever it is, GitHub may have been told of the ticket or not.
  it.each([
    ['the claim is won', 'git.claim'],
    ['its worktree is made', 'git.ensureWorktree'],
    ['its agent starts', 'host.spawn'],
    ['its work is looked at', 'git.inspect'],
    ['its work is pushed', 'git.pushWork'],
    ['its pull request is opened', 'github.ensurePull'],
    ['its checks are read', 'github.checks'],
    ['its landing begins', 'git.acquireLanding'],
  ])('when %s', async (_, call) => {
    const world = memoryWorld()
    world.github.openIssue(7)
    let seen = false
    using life = await world.start({
      mode: LANDING,
      watch(name, side) {
        if (name !== call || side !== 'before') return
        seen = true
        vanish(world)
      },
    })
    life.reconciler.start()
    await life.api.pop({issue: 7})
    await world.until(() => seen, `${call} is called`)
    await expectKept(world, life)
  })

  it.each([0, 60_000])('%i ms after its agent began to work, which is ended with its work saved', async ms => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(7)
    using life = await world.start()
    await life.api.pop({issue: 7})
    await world.until(() => rowOf(life)?.phase === 'working', 'it is worked on')
    await world.clock.advance(ms)
    const {cwd} = world.host.live()[0]!
    const head = world.git.commit(cwd, 'half')
    vanish(world)
    life.reconciler.start()
    await expectKept(world, life)
    expect((await world.git.inspect(cwd)).head).toBe(head)
  })

  it('when it is bottled: its branch is pushed, and the next daemon says the same', async () => {
    const world = memoryWorld()
    world.github.openIssue(7)
    const life = await world.start({mode: BY_HAND})
    await life.api.pop({issue: 7})
    await world.until(() => rowOf(life)?.detail === 'bottled', 'it is bottled')
    vanish(world)
    await world.clock.advance(60_000)
    await life.reconciler.look()
    await expectKept(world, life)
    const {branch} = rowOf(life)!
    expect(world.git.branches.has(branch!)).toBe(true)
    life.kill()
    using next = await world.start({mode: AT_ONCE})
    next.reconciler.start()
    await expectKept(world, next)
  })

  it('is given up by a reset, which frees the claim', async () => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(7)
    using life = await world.start()
    await life.api.pop({issue: 7})
    await world.until(() => rowOf(life)?.phase === 'working', 'it is worked on')
    world.git.commit(world.host.live()[0]!.cwd, 'half')
    vanish(world)
    life.reconciler.start()
    await expectKept(world, life)
    await life.api.reset({agent: 'agent001'})
    expect(world.git.claimRefs.size).toBe(0)
    expect(await world.git.lostCommits()).toEqual([])
  })

  it('a moment after the merge was asked for: the rest is cleaned up, and what it closes is said', async () => {
    const world = memoryWorld()
    world.github.openIssue(7)
    using life = await world.start({
      mode: LANDING,
      watch: (name, side) => void (name === 'github.merge' && side === 'after' && vanish(world)),
    })
    await life.api.pop({issue: 7})
    await world.until(() => rowOf(life)?.phase === 'merged', 'it is merged')
    await world.until(() => world.git.claimRefs.size === 0, 'its claim is released')
    expect(world.git.trees.size).toBe(0)
    expect(world.hub.events.map(({message}) => message)).toContain(
      `#7 landed through #101, which closes nothing: ${GONE}`,
    )
  })
})
