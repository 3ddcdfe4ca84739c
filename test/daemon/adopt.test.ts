import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import type {ClaimRecord} from '../../src/model/data/claim.ts'
import {NO_USAGE} from '../../src/model/data/usage.ts'
import {BUDGET_EVENT} from '../../src/model/spending/budget.ts'
import {USAGE_EVENT} from '../../src/model/spending/usage.ts'
import {claimOf} from '../git/claim-of.ts'
import {AT_ONCE, BY_HAND, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'
import {shaOf} from './memory-git.ts'

const MINUTE = 60_000
const BRANCH = 'agent002/7-cart'

/** Issue 7 is held by another daemon, which has renewed its lease once and renews it again on `beat`. */
async function elsewhere(change: Partial<ClaimRecord>): Promise<MemoryWorld & {beat(): Promise<void>}> {
  const world = memoryWorld()
  const {git, github} = world
  github.openIssue(7)
  await git.claim({...claimOf(7, shaOf('start'), {owner: 'other'}), branch: BRANCH, host: 'studio', ...change})
  if (change.head) git.branches.set(BRANCH, change.head)
  const beat = () => git.renewOwner({owner: 'other', host: 'studio', pid: 1, beat: 0, startedAt: ''})
  await beat()
  return {...world, beat}
}

const told = ({hub}: MemoryWorld) => hub.events.map(({message}) => message)

describe('a claim of a dead owner', () => {
  it('is taken over when its work is bottled, and lands from here', async () => {
    const world = await elsewhere({phase: 'review', head: shaOf('done')})
    using daemon = await world.start({mode: {routing: 'off', landing: 'at once'}})
    daemon.reconciler.start()
    await world.clock.advance(9 * MINUTE)
    expect(world.git.claimRefs.get(7)?.record.owner).toBe('other')
    await world.clock.advance(5 * MINUTE)
    await world.until(() => world.github.issues.get(7)?.state === 'closed', 'it lands')
    expect(told(world)).toContain('#7 is taken over from studio: other on studio did not renew its lease')
    expect(world.git.claimRefs.size).toBe(0)
  })

  it('is taken over with what a person said of it that its agent had not read', async () => {
    const world = await elsewhere({phase: 'repair', repairs: 1, head: shaOf('done')})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(MINUTE)
    // The other daemon keeps a review, and ends.
    const said = {from: 'ada@studio', to: 'agent002', ticket: 7, text: 'Round it.', deliveredAt: null}
    await world.hub.send({...said, key: 'review:1'})
    await world.clock.advance(12 * MINUTE)
    await world.until(() => world.github.issues.get(7)?.state === 'closed', 'it lands')
    expect(world.host.prompts.map(({text}) => text)).toEqual([expect.stringContaining('Round it.')])
    expect(world.hub.said[0]?.deliveredAt).not.toBeNull()
  })

  it('keeps how many turns other sessions began there, where both daemons use one hub', async () => {
    const world = await elsewhere({phase: 'repair', repairs: 1, head: shaOf('done')})
    const metadata = {begun: 9, toldAt: 0}
    world.hub.append({type: 'custom', name: 'mail_turns', message: 'nine turns', ticket: 7, metadata})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(11 * MINUTE)
    await world.until(() => daemon.engine.state().tickets[7] !== undefined, 'it is taken over')
    expect(daemon.engine.state().tickets[7]?.context.mailTurns).toEqual(metadata)
  })

  it('keeps what its agents have cost there, where both daemons use one hub', async () => {
    const world = await elsewhere({phase: 'repair', repairs: 1, head: shaOf('done')})
    const at = {ticket: 7, type: 'custom', message: ''} as const
    const metadata = {pane: 'p1', day: '2026-11-29', mail: 1, ...NO_USAGE, costUsd: 4}
    world.hub.append({...at, name: USAGE_EVENT, metadata})
    world.hub.append({...at, name: BUDGET_EVENT, metadata: {budgetFrom: 3}})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(11 * MINUTE)
    await world.until(() => daemon.engine.state().tickets[7] !== undefined, 'it is taken over')
    expect(daemon.engine.state().tickets[7]?.context).toMatchObject({usage: {costUsd: 4}, budgetFrom: 3})
  })

  it('is released when nothing of it was pushed, and any daemon may claim the issue', async () => {
    const world = await elsewhere({phase: 'working', head: null})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(11 * MINUTE)
    await world.until(() => world.github.issues.get(7)?.state === 'closed', 'an agent does it here')
    expect(told(world)).toContain('#7 is free again: other on studio did not renew its lease')
  })

  it('continues from its pushed commits where agents start by themselves', async () => {
    const world = await elsewhere({phase: 'working', head: shaOf('half'), attempts: 1})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(11 * MINUTE)
    await world.until(() => world.host.prompts.length > 0, 'an agent is prompted')
    expect(world.host.prompts[0]?.text).toContain(BRANCH)
    await world.until(() => world.github.issues.get(7)?.state === 'closed', 'it lands')
    expect(await world.git.lostCommits()).toEqual([])
  })

  it('stays with its owner while that one renews its lease, and with a person while it is blocked', async () => {
    const world = await elsewhere({phase: 'claimed', head: null})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    for (let minutes = 0; minutes < 40; minutes += 4) {
      await world.clock.advance(4 * MINUTE)
      await world.beat()
    }
    expect(world.git.claimRefs.get(7)?.record).toMatchObject({owner: 'other', fence: 1})
    const blocked = await elsewhere({phase: 'blocked', head: null})
    using other = await blocked.start({mode: AT_ONCE})
    other.reconciler.start()
    await blocked.clock.advance(40 * MINUTE)
    expect(blocked.git.claimRefs.get(7)?.record).toMatchObject({owner: 'other', fence: 1})
  })

  it('is left alone when its owner comes back at that moment', async () => {
    const world = await elsewhere({phase: 'review', head: shaOf('done')})
    const {bumpClaim} = world.git
    world.git.bumpClaim = async (claim, patch) => {
      if (patch.owner === 'me') world.git.steal(7, 'other')
      return bumpClaim(claim, patch)
    }
    using daemon = await world.start({mode: BY_HAND})
    daemon.reconciler.start()
    await world.clock.advance(30 * MINUTE)
    expect(world.git.claimRefs.get(7)?.record.owner).toBe('other')
    expect(world.github.pulls.size).toBe(0)
  })
})

describe('a claim whose owner only seems dead', () => {
  it('is left alone when no daemon could look for longer than its lease, as on a network that failed for both', async () => {
    const world = await elsewhere({phase: 'review', head: shaOf('done')})
    const {owners} = world.git
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(3 * MINUTE)
    world.git.owners = async () => {
      throw new ClambakeError({code: 'remote-unreachable', message: 'no network'})
    }
    await world.clock.advance(20 * MINUTE)
    world.git.owners = owners
    await world.clock.advance(2 * MINUTE)
    await world.beat()
    await world.clock.advance(4 * MINUTE)
    expect(world.git.claimRefs.get(7)?.record).toMatchObject({owner: 'other', fence: 1})
  })

  it('is left alone when its owner renewed its lease since the last look at leases', async () => {
    const world = await elsewhere({phase: 'working', head: shaOf('half')})
    using daemon = await world.start({mode: BY_HAND})
    daemon.reconciler.start()
    // The owner was seen dead, but the claim stays with it while agents are started by hand.
    await world.clock.advance(11 * MINUTE)
    expect([...daemon.reconciler.deadOwners()]).toEqual(['other'])
    await world.beat()
    daemon.engine.dispatch({type: 'modeChosen', mode: AT_ONCE})
    await world.clock.advance(2 * MINUTE)
    expect(world.git.claimRefs.get(7)?.record).toMatchObject({owner: 'other', fence: 1})
  })

  it('keeps its landing lock, too', async () => {
    const world = await elsewhere({phase: 'blocked', head: null})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.clock.advance(11 * MINUTE)
    await world.beat()
    world.git.landing = {oid: shaOf('lock'), owner: 'other'} as never
    world.github.openIssue(8)
    await world.clock.advance(2 * MINUTE)
    expect(world.git.landing).toMatchObject({owner: 'other'})
    expect(world.github.issues.get(8)?.state).toBe('open')
  })
})

/** Another daemon takes over this daemon's claim of #7, or releases it and claims the issue itself. */
const takeOver = ({git}: MemoryWorld) => git.steal(7, 'other')
async function claimAgain({git}: MemoryWorld): Promise<void> {
  await git.releaseClaim(git.claimRefs.get(7)!)
  await git.claim({...claimOf(7, shaOf('start'), {owner: 'other', host: 'other-host'})})
}

describe('a claim that another daemon got while this one slept', () => {
  it.each([
    ['its agent works on', takeOver, () => {}],
    ['its agent works on', claimAgain, () => {}],
    ['it is blocked', takeOver, (daemon: RunningDaemon) => daemon.engine.dispatch({type: 'stopAsked', ticket: 7})],
  ])('is given up at the next look, though %s', async (_, loses, before) => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(7)
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.until(() => world.host.prompts.length > 0, 'an agent is prompted')
    before(daemon)
    await world.clock.advance(1000)
    await loses(world)
    await world.clock.advance(2 * MINUTE)
    expect(daemon.engine.state().tickets[7]?.value).toBe('lost')
    expect(world.host.live()).toEqual([])
    expect(told(world)).toContain('the claim of #7 is lost: other on other-host has claimed it')
    expect(world.git.claimRefs.get(7)?.record.owner).toBe('other')
  })

  it('is given up, though it is blocked, when it was released as that of a dead owner: the issue is free for all', async () => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(7)
    using daemon = await world.start()
    daemon.reconciler.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => world.host.prompts.length > 0, 'an agent is prompted')
    await daemon.api.stopAgent({agent: 'agent001'})
    await world.until(() => daemon.engine.state().tickets[7]?.value === 'blocked', 'it waits for a person')
    await world.clock.advance(2 * MINUTE)
    expect(daemon.engine.state().tickets[7]?.value).toBe('blocked')
    await world.git.releaseClaim(world.git.claimRefs.get(7)!)
    await world.until(() => daemon.engine.state().tickets[7] === undefined, 'it is given up')
    await daemon.api.refresh({})
    expect(told(world)).toContain('#7 is released: the remote no longer has its claim')
    expect(world.github.issues.get(7)?.labels).toEqual(['route:ready'])
    expect(await daemon.api.pop({issue: 7})).toMatchObject({ticket: 7})
    expect(world.git.claimRefs.get(7)?.record.owner).toBe('me')
  })

  it('is written to GitHub again when the other releases it and it is won back', async () => {
    const world = memoryWorld({routing: {max_agents: 1}}, () => {})
    world.github.openIssue(7)
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.until(() => world.host.prompts.length > 0, 'an agent is prompted')
    await world.clock.advance(1000)
    takeOver(world)
    await world.clock.advance(2 * MINUTE)
    world.github.openIssue(7)
    await world.git.releaseClaim(world.git.claimRefs.get(7)!)
    await world.until(() => world.host.prompts.length > 1, 'an agent is prompted again here')
    await world.clock.advance(1000)
    expect(world.github.issues.get(7)?.labels).toEqual(['agent001', 'agent:in-progress'])
  })
})

it('a merge ignores the landing lock of a dead owner', async () => {
  const world = await elsewhere({phase: 'blocked', head: null})
  world.github.openIssue(8)
  world.git.landing = {oid: shaOf('lock'), owner: 'other'} as never
  using daemon = await world.start({mode: AT_ONCE})
  daemon.reconciler.start()
  await world.clock.advance(8 * MINUTE)
  expect(world.github.issues.get(8)?.state).toBe('open')
  await world.until(() => world.github.issues.get(8)?.state === 'closed', 'it lands after the lease')
})
