import {describe, expect, it} from 'vitest'
import {zoneMinutesAt} from '../../src/base/clock.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import {joinSteps} from '../../src/model/data/recovery/undo.ts'
import {dayOf, NO_USAGE} from '../../src/model/data/usage.ts'
import {USAGE_EVENT} from '../../src/model/spending/usage.ts'
import {refusal} from '../git/setup.ts'
import {anOrphan} from '../model/builders.ts'
import {AT_ONCE, type MemoryWorld, memoryWorld} from './memory.ts'
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
    const world = abandoned({}, {integration: {reviewers: ['ada']}})
    const asked: string[] = []
    world.github.requestReviews = async ({reviewers}) => {
      asked.push(...reviewers)
      return {asked: reviewers, refused: []}
    }
    using daemon = await world.start()
    const first = await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'open-pull'})
    const again = await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'open-pull'})
    expect(again.pull).toBe(first.pull)
    expect(again.done).toContain('open already')
    // GitHub knows whom it asked before.
    expect(asked).toEqual(['ada', 'ada'])
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

it('work that main has is cleaned up and can be brought back, uncommitted work never', async () => {
  const world = abandoned()
  using daemon = await world.start()
  const names = async () => (await daemon.api.cleanupPlan({})).plan.map(({what, name}) => `${what} ${name}`)
  const asked = {what: 'branch', name: BRANCH, group: 'g'} as const
  expect(await names()).toEqual([])
  expect(await refusal(daemon.api.cleanUp(asked))).toMatchObject({code: 'no-orphan'})
  const [orphan] = await world.git.orphans({dead: new Set()})
  world.git.orphans = async () => [{...orphan!, landed: 'files'}]
  expect(await names()).toEqual([`branch ${BRANCH}`])
  await daemon.api.cleanUp({...asked, group: 'h'})
  expect(world.git.branches.has(BRANCH)).toBe(false)
  expect(await daemon.api.undo({})).toMatchObject({what: 'cleaned up'})
  expect(world.git.branches.get(BRANCH)).toBe(shaOf('half'))
  world.git.orphans = async () => [{...orphan!, commits: 0, dirty: 1}]
  expect(await names()).toEqual([])
})

it('worktrees over the limit of the disk hold back new claims, and say why', async () => {
  const world = memoryWorld({recovery: {max_disk_gb: 1}}, () => {})
  world.github.openIssue(7)
  world.git.diskUse = async () => 2e9
  using daemon = await world.start({mode: AT_ONCE})
  daemon.reconciler.start()
  await world.until(() => daemon.state().header.troubles.length > 0, 'the header says it')
  const held = 'the worktrees use 2.0 GB of the disk, and recovery.max_disk_gb is 1'
  expect(daemon.state().header.troubles.join()).toContain(held)
  expect(world.git.claimRefs.size).toBe(0)
  expect(await refusal(daemon.api.pop({issue: 7}))).toMatchObject({code: 'disk-used-up'})
  expect(JSON.stringify(await daemon.api.why({subject: '7'}))).toContain(held)
  world.git.diskUse = async () => 1e6
  // A clock that was set back must not keep the old measure for a day.
  world.clock.jump(-24 * 3_600_000)
  await world.clock.advance(5 * 60_000)
  await world.until(() => world.git.claimRefs.size === 1, 'it is claimed')
  expect(daemon.state().header.troubles).toEqual([])
})

it('archiving and leaving are remembered, undone in one go, and refused for what is held', async () => {
  const world = abandoned()
  using daemon = await world.start()
  await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'leave', group: 'g'})
  expect(await daemon.api.orphans({})).toEqual([])
  expect(await daemon.api.orphans({all: true})).toMatchObject([{name: BRANCH, isLeft: true, proposal: 'leave'}])
  await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'archive', group: 'g'})
  expect(world.git.branches.has(BRANCH)).toBe(false)
  const undone = await daemon.api.undo({})
  expect(undone?.done).toEqual(['branch is back', 'choice is back'])
  expect(await daemon.api.orphans({})).toMatchObject([{name: BRANCH, isLeft: false}])

  await claimOf(world, 'other')
  const refused = refusal(daemon.api.recover({kind: 'branch', name: BRANCH, action: 'archive'}))
  expect(await refused).toMatchObject({code: 'already-claimed'})
  expect(world.git.branches.has(BRANCH)).toBe(true)
})

it('undo takes back the step that was shown and no other, and leaves one that is noted meanwhile', async () => {
  const world = abandoned()
  using daemon = await world.start()
  await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'leave', group: 'g'})
  const shown = await daemon.api.undo({dryRun: true})
  await world.clock.advance(1000)
  await daemon.api.recover({kind: 'branch', name: BRANCH, action: 'archive', group: 'h'})
  expect(await refusal(daemon.api.undo({at: shown!.at}))).toMatchObject({code: 'step-moved'})
  expect(world.git.branches.has(BRANCH)).toBe(false)
  const archived = (await world.git.lastStep())!
  const {bringBack} = world.git
  world.git.bringBack = async part => {
    await world.git.noteStep({...archived, at: 'later', parts: []})
    return bringBack(part)
  }
  await daemon.api.undo({at: archived.at})
  expect(world.git.branches.has(BRANCH)).toBe(true)
  expect(await world.git.lastStep()).toMatchObject({at: 'later'})
})

it('a worktree whose archive was killed and repeated comes back with its files', () => {
  const oid = (digit: string) => digit.repeat(40)
  const part = {do: 'worktree', path: '/w', branch: 'b', head: oid('1'), rescue: oid('2')} as const
  const step = {
    version: 1,
    at: '',
    by: 'ada',
    what: 'archived /w',
    steps: ['archived /w'],
    group: 'g',
    parts: [part],
  } as const
  const first = {...step, steps: [...step.steps], parts: [part]}
  const again = {...first, group: 'h', parts: [{...part, rescue: null}]}
  expect(joinSteps(first, again)).toMatchObject({group: 'h', parts: [part]})
  const other = {...again, parts: [{...part, head: oid('3'), rescue: null}]}
  expect(joinSteps(first, other)).toEqual(other)
})

it('work that cannot be judged is touched only with force', async () => {
  const world = abandoned({unsure: 'it shares no commit with main'})
  using daemon = await world.start()
  const asked = {kind: 'branch', name: BRANCH, action: 'open-pull'} as const
  expect(await refusal(daemon.api.recover(asked))).toMatchObject({code: 'uncertain-orphan'})
  expect(world.github.pulls.size).toBe(0)
  expect(await daemon.api.recover({...asked, force: true})).toMatchObject({pull: expect.any(Number)})
})

it('a rescue, a stash or a commit becomes a branch first, and then a pull request for a person', async () => {
  const name = 'refs/clambake/rescue/issue-7/1'
  const world = abandoned({kind: 'rescue', name, branch: null})
  using daemon = await world.start()
  const {pull} = await daemon.api.recover({kind: 'rescue', name, action: 'open-pull'})
  expect((await world.github.pull(pull!)).head.branch).toBe(`recovered/7-${shaOf('half').slice(0, 12)}`)
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
