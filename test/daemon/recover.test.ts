import {describe, expect, it} from 'vitest'
import {zoneMinutesAt} from '../../src/base/clock.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import {dayOf, NO_USAGE} from '../../src/model/data/usage.ts'
import {USAGE_EVENT} from '../../src/model/spending/usage.ts'
import {refusal} from '../git/setup.ts'
import {anOrphan} from '../model/builders.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'
import {shaOf} from './memory-git.ts'

const BRANCH = 'agent002/7-cart'

/** Issue 7 with a branch of two commits and no owner. */
function abandoned(change: Partial<Orphan> = {}, config: Record<string, unknown> = {}): MemoryWorld {
  const world = memoryWorld(config, () => {})
  world.github.openIssue(7)
  world.git.branches.set(BRANCH, shaOf('half'))
  const orphan = anOrphan({name: BRANCH, branch: BRANCH, issue: 7, head: shaOf('half'), ...change})
  world.git.orphans = async () => [orphan]
  return world
}

describe('an abandoned branch', () => {
  it('continues with an agent, from where it left main, with all its commits', async () => {
    const world = abandoned()
    using daemon = await world.start()
    expect(await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'resume'})).toMatchObject({ticket: 7})
    expect(world.git.claimRefs.get(7)?.record).toMatchObject({branch: BRANCH, owner: 'me'})
    await world.until(() => world.host.prompts.length > 0, 'the agent is prompted')
    expect(world.host.prompts[0]?.text).toContain(BRANCH)
  })

  it('is handed to a person once, and closes nothing', async () => {
    const world = abandoned()
    using daemon = await world.start()
    const first = await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'open-pull'})
    const again = await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'open-pull'})
    expect(again.pull).toBe(first.pull)
    expect(again.done).toContain('open already')
    expect(world.github.pulls.size).toBe(1)
    expect(world.github.issues.get(7)?.state).toBe('open')
    expect(world.git.claimRefs.size).toBe(0)
  })

  it("waits for tomorrow when the day's budget is used up, and says so", async () => {
    const world = abandoned({}, {agents: {max_budget_usd_per_day: 1}})
    const day = dayOf(world.clock.now(), zoneMinutesAt(world.clock.now()))
    const metadata = {pane: 'p', day, mail: 1, ...NO_USAGE, costUsd: 1.5}
    world.hub.append({type: 'custom', name: USAGE_EVENT, agent: 'agent001', ticket: 3, message: 'spent', metadata})
    using daemon = await world.start()
    const resumed = refusal(daemon.api.recover({kind: 'branch', name: BRANCH, action: 'resume'}))
    expect(await resumed).toMatchObject({
      code: 'budget-used-up',
      message: "No agent is started: today's budget of $1.00 is used up ($1.50)",
    })
    expect(world.git.claimRefs.size).toBe(0)
  })

  it('is left alone when a person says so', async () => {
    const world = abandoned()
    using daemon = await world.start()
    await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'leave'})
    expect([world.github.pulls.size, world.git.claimRefs.size]).toEqual([0, 0])
  })

  it('is refused when its issue is closed, or when it is not an orphan', async () => {
    const world = abandoned()
    world.github.openIssue(7, {state: 'closed'})
    using daemon = await world.start()
    const resume = (name: string) => refusal(daemon.api.recover({kind: 'branch', name, action: 'resume'}))
    expect((await resume(BRANCH)).code).toBe('no-open-issue')
    expect((await resume('people/idea')).code).toBe('no-orphan')
  })
})

describe('a dead daemon’s claim', () => {
  const name = 'refs/clambake/claims/issue-7'

  it('is taken over with its branch and session, and an agent continues', async () => {
    const world = abandoned({kind: 'claim', name})
    await claimOf(world, 'other')
    const {session} = world.git.claimRefs.get(7)!.record
    using daemon = await world.start()
    await daemon.api.recover({kind: 'claim', name, action: 'resume'})
    await world.until(() => world.host.live().length === 1, 'an agent starts')
    expect(world.git.claimRefs.get(7)?.record).toMatchObject({owner: 'me', branch: BRANCH, session})
  })

  it('is left alone when its owner moves it meanwhile', async () => {
    const world = abandoned({kind: 'claim', name})
    await claimOf(world, 'other')
    using daemon = await world.start()
    const {bumpClaim} = world.git
    world.git.bumpClaim = async (claim, patch) => {
      world.git.steal(7, 'other')
      return bumpClaim(claim, patch)
    }
    expect((await refusal(daemon.api.recover({kind: 'claim', name, action: 'resume'}))).code).toBe('claim-lost')
    expect(world.git.claimRefs.get(7)?.record.owner).toBe('other')
    expect(world.host.live()).toEqual([])
  })
})

it('work that main has is proposed for cleanup, uncommitted work never', async () => {
  const world = abandoned()
  using daemon = await world.start()
  expect(await daemon.api.cleanupPlan({})).toEqual([])
  const landed = await world.git.orphans({dead: new Set()})
  world.git.orphans = async () => landed.map(orphan => ({...orphan, landed: 'files' as const}))
  expect(await daemon.api.cleanupPlan({})).toMatchObject([{what: 'branch', name: BRANCH}])
  const [orphan] = await world.git.orphans({dead: new Set()})
  world.git.orphans = async () => [{...orphan!, commits: 0, dirty: 1}]
  expect(await daemon.api.cleanupPlan({})).toEqual([])
})

async function claimOf({git}: MemoryWorld, owner: string): Promise<void> {
  await git.claim({
    issue: 7,
    title: 'Cart',
    owner,
    host: `${owner}-host`,
    agent: 'agent002',
    branch: BRANCH,
    base: shaOf('start'),
    session: crypto.randomUUID(),
    phase: 'working',
    attempts: 1,
    repairs: 0,
    head: null,
    pull: null,
    reason: null,
    bodyHash: null,
    traceparent: null,
    claimedAt: new Date(0).toISOString(),
  })
}
