import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import type {Orphan} from '../../src/model/data/recovery/orphan.ts'
import {claimOf} from '../git/claim-of.ts'
import {refusal} from '../git/setup.ts'
import {anOrphan} from '../model/builders.ts'
import {AT_ONCE, BY_HAND, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'
import {shaOf} from './memory-git.ts'

const MINUTE = 60_000
const PLACE = '/repo/.clambake/worktrees/issue-7'

/** A world whose agents never end their turn. */
function thinking(change: Record<string, unknown> = {}): MemoryWorld {
  const world = memoryWorld(change, () => {})
  world.github.openIssue(7)
  return world
}

/** agent001 works on issue 7. */
async function working(change: Record<string, unknown> = {}): Promise<{world: MemoryWorld; daemon: RunningDaemon}> {
  const world = thinking(change)
  const daemon = await world.start()
  await daemon.api.pop({issue: 7})
  await world.until(() => world.host.prompts.length === 1, 'it is prompted')
  return {world, daemon}
}

const patterns = async (daemon: RunningDaemon) => (await daemon.api.diagnose({})).findings.map(({pattern}) => pattern)
const told = ({hub}: MemoryWorld) => hub.events.map(({message}) => message)
const labels = ({github}: MemoryWorld) => github.issues.get(7)?.labels

function orphan(change: Partial<Orphan>): Orphan {
  return anOrphan({name: 'agent002/7-cart', branch: 'agent002/7-cart', issue: 7, head: shaOf('half'), ...change})
}

describe('a label that was left behind', () => {
  it('is removed by itself, so that the issue gets done after all', async () => {
    const world = thinking()
    world.github.openIssue(7, {labels: ['agent003', 'agent:in-progress', 'bug']})
    using daemon = await world.start()
    daemon.reconciler.start()
    await world.until(() => labels(world)?.includes('route:ready') === true, 'it is ready')
    expect(labels(world)).toEqual(['bug', 'route:ready'])
    expect(told(world)).toContain(
      '#7 is ready again: agent003, agent:in-progress was left behind on it and is removed by itself',
    )
    expect(await patterns(daemon)).toEqual([])
  })

  it('stays on a stranger’s issue as far as readiness goes, and on work that waits for a person', async () => {
    const world = thinking()
    world.github.openIssue(7, {labels: ['agent003'], association: 'NONE'})
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.until(() => labels(world)?.length === 0, 'the label is off')
    expect(world.git.claimRefs.size).toBe(0)

    const left = thinking()
    left.github.openIssue(7, {labels: ['agent002']})
    left.git.orphans = async () => [orphan({})]
    left.git.branches.set('agent002/7-cart', shaOf('half'))
    using other = await left.start()
    other.reconciler.start()
    await left.clock.advance(10 * MINUTE)
    expect(labels(left)).toEqual(['agent002'])
    expect(await patterns(other)).toEqual(['branch-without-claim'])
    expect(await other.api.cure({pattern: 'branch-without-claim', subject: 'agent002/7-cart'})).toMatchObject({
      done: expect.stringContaining('open for a person'),
    })
  })

  it('is not touched when another daemon has won the claim meanwhile', async () => {
    const world = thinking()
    world.github.openIssue(7, {labels: ['agent003']})
    using daemon = await world.start()
    await daemon.api.refresh({})
    await world.git.claim(claimOf(7, shaOf('start'), {owner: 'other'}))
    expect(await daemon.api.cure({pattern: 'label-without-claim', subject: '#7'})).toEqual({
      done: '#7 is already in order',
    })
    expect(labels(world)).toEqual(['agent003'])
  })
})

it('an agent that changed nothing for long is shown, and one that did is not', async () => {
  const {world, daemon} = await working({recovery: {max_stuck_minutes: 20}})
  using _daemon = daemon
  await world.clock.advance(19 * MINUTE)
  expect(await patterns(daemon)).toEqual([])
  await world.clock.advance(2 * MINUTE)
  const {findings} = await daemon.api.diagnose({agent: 'agent001'})
  expect(findings).toMatchObject([{pattern: 'working-without-commits', cure: {by: 'person'}}])
  const {pattern, subject} = findings[0]!
  expect(await refusal(daemon.api.cure({pattern, subject}))).toMatchObject({code: 'needs-person'})
  world.git.scribble(PLACE, 'a.ts')
  expect(await patterns(daemon)).toEqual([])
})

it('an agent that changed something and then stood still for long is shown, with the time since its last change', async () => {
  const {world, daemon} = await working({recovery: {max_stuck_minutes: 20}})
  using _daemon = daemon
  await world.clock.advance(5 * MINUTE)
  world.git.commit(PLACE, 'first step')
  await world.clock.advance(10 * MINUTE)
  world.git.scribble(PLACE, 'a.ts')
  await world.clock.advance(19 * MINUTE)
  expect(await patterns(daemon)).toEqual([])
  await world.clock.advance(2 * MINUTE)
  expect((await daemon.api.diagnose({agent: 'agent001'})).findings).toMatchObject([
    {pattern: 'working-without-commits', what: 'agent001 works and changed nothing in 21 minutes'},
  ])
  world.git.commit(PLACE, 'second step')
  expect(await patterns(daemon)).toEqual([])
})

it('of an agent whose worktree cannot be read, nothing is claimed', async () => {
  const {world, daemon} = await working({recovery: {max_stuck_minutes: 20}})
  using _daemon = daemon
  world.git.lastChange = () => Promise.reject(new ClambakeError({code: 'git-failed', message: 'no answer'}))
  await world.clock.advance(60 * MINUTE)
  expect(await daemon.api.diagnose({})).toMatchObject({
    findings: [],
    unread: ['the last change in the worktree of #7: no answer'],
  })
})

it('a blocked ticket that a person merged is cleaned up by itself', async () => {
  const world = memoryWorld({integration: {max_repairs: 0}})
  world.github.openIssue(7)
  world.github.ensurePull = new Proxy(world.github.ensurePull, {
    async apply(make, self, args) {
      const pull = await Reflect.apply(make, self, args)
      world.git.conflicts.set(pull.head.sha, ['a.ts'])
      return pull
    },
  })
  using daemon = await world.start({mode: AT_ONCE})
  daemon.reconciler.start()
  const blocked = () => daemon.engine.state().tickets[7]?.value === 'blocked'
  await world.until(blocked, 'it conflicts')
  world.github.mergeByHand(101)
  expect(await patterns(daemon)).toEqual(['landed-not-freed'])
  await world.until(() => world.github.issues.get(7)?.state === 'closed', 'it is closed')
  await world.until(() => world.git.claimRefs.size === 0, 'it is released')
  expect(world.git.trees.size).toBe(0)
  expect(await patterns(daemon)).toEqual([])
  expect(await refusal(daemon.api.reset({agent: 'agent001', meant: {ticket: 7, claim: null}}))).toMatchObject({
    message: '#7 cannot be reset now: it is merged',
    next: 'nothing to do: its work is on main',
  })
})

it('a process without a ticket is ended after its work is saved', async () => {
  const {world, daemon} = await working()
  using _daemon = daemon
  await world.host.spawn({
    pane: 'stray',
    title: 'agent002',
    command: ['agent'],
    cwd: PLACE,
    env: {},
    cols: 80,
    rows: 24,
    session: 's',
    meta: {agent: 'agent002', ticket: '9'},
  })
  expect(await patterns(daemon)).toEqual(['pane-without-ticket'])
  await daemon.api.cure({pattern: 'pane-without-ticket', subject: 'stray'})
  expect(world.git.rescued).toHaveLength(1)
  expect(world.host.live().map(({title}) => title)).toEqual(['agent001'])
  expect(await patterns(daemon)).toEqual([])
})

it('what an agent left running in a worktree is found, and ended', async () => {
  const {world, daemon} = await working()
  using _daemon = daemon
  const [worktree] = [...world.git.trees.keys()]
  world.host.left.set(worktree!, [{pid: 12, command: 'node server.js'}])
  // The agent itself is at work there.
  expect(await patterns(daemon)).toEqual([])
  world.host.play = () => {}
  await daemon.api.stopAgent({agent: 'agent001'})
  await world.until(() => world.host.live().length === 0, 'it has ended')
  expect(world.host.left.size, 'ended with its agent').toBe(0)
  world.host.left.set(worktree!, [{pid: 13, command: 'node other.js'}])
  const {findings} = await daemon.api.diagnose({issue: 7})
  expect(findings).toMatchObject([{pattern: 'left-behind', what: expect.stringContaining('node other.js (13)')}])
  await daemon.api.cure({pattern: 'left-behind', subject: worktree!})
  expect(world.host.left.size).toBe(0)
  expect(await patterns(daemon)).toEqual([])
})

it('what cannot be read is reported, and gives no finding', async () => {
  const {world, daemon} = await working()
  using _daemon = daemon
  world.git.orphans = async () => Promise.reject(await refusal(daemon.api.pop({issue: 99})))
  expect(await daemon.api.diagnose({})).toMatchObject({findings: [], unread: [/branches and worktrees: /]})
})

describe('a reset', () => {
  it('saves the work, ends the agent and releases the issue, ready to be claimed', async () => {
    const {world, daemon} = await working({routing: {max_agents: 1}})
    using _daemon = daemon
    world.git.commit(PLACE, 'half')
    world.git.scribble(PLACE, 'b.ts')
    const dry = await daemon.api.reset({agent: 'agent001', dryRun: true})
    expect([world.git.rescued.length, world.git.claimRefs.size, dry.saved]).toEqual([0, 1, null])
    expect(dry.steps).toHaveLength(5)
    const done = await daemon.api.reset({agent: 'agent001'})
    expect(done).toMatchObject({ticket: 7, saved: 'refs/clambake/rescue/1', isReady: true})
    expect(world.git.rescued.length).toBeGreaterThan(0)
    expect([world.host.live(), world.git.claimRefs.size, world.git.trees.size]).toEqual([[], 0, 0])
    expect(labels(world)).toEqual(['route:ready'])
    expect(await world.git.lostCommits()).toEqual([])
    expect(told(world)).toContain('agent001 is reset by ada@here: #7 is released')
    expect(await patterns(daemon)).toEqual([])
    expect(await refusal(daemon.api.reset({agent: 'agent001'}))).toMatchObject({code: 'nothing-to-reset'})
    await daemon.api.pop({issue: 7})
    await world.until(() => labels(world)?.includes('agent:in-progress') === true, 'the next claim is shown')
  })

  it.each([
    ['before it is asked for', false],
    ['while it saves the work', true],
  ])('comes not between a push and its claim that begin %s, and loses nothing after it', async (_, late) => {
    const {world, daemon} = await working({routing: {max_agents: 1}})
    using _daemon = daemon
    const {git, host} = world
    const [saved, pushed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const {rescue, pushWork} = git
    git.rescue = async options => {
      await saved.promise
      return rescue(options)
    }
    let pushes = false
    git.pushWork = async options => {
      pushes = true
      await pushed.promise
      return pushWork(options)
    }
    const finish = async () => {
      host.say(host.live()[0]!.pane, 'Stop')
      await world.until(() => pushes, 'its work is being pushed')
    }
    const head = git.commit(PLACE, 'whole')
    if (!late) await finish()
    const refused = refusal(daemon.api.reset({agent: 'agent001'}))
    await world.clock.advance(1000)
    if (late) await finish()
    saved.resolve()
    expect(await refused).toMatchObject({code: 'not-resettable', message: expect.stringContaining('bottling')})
    expect([git.trees.size, git.claimRefs.size, host.live().length]).toEqual([1, 1, 1])
    pushed.resolve()
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'its agent is free')
    expect(git.branches.get('agent001/7-issue-7')).toBe(head)
    expect(git.claimRefs.get(7)?.record).toMatchObject({phase: 'review', head})
    expect(await git.lostCommits()).toEqual([])
  })

  it('releases the ticket that an agent was stopped with, and one closed by hand, which stays closed', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    await daemon.api.stopAgent({agent: 'agent001'})
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'it is stopped')
    world.github.openIssue(7, {...world.github.issues.get(7), state: 'closed'})
    expect(await patterns(daemon)).toEqual(['closed-while-claimed'])
    const [found] = (await daemon.api.diagnose({})).findings
    const {pattern, subject, claim, cure} = found!
    expect(claim).toContain('#7 ')
    const treatment = cure.by === 'command' ? cure.treatment : null!
    for (const shown of [
      {treatment, claim: 'acme/widgets#7 2020-01-01T00:00:00.000Z'},
      {treatment: {do: 'note-end', issue: 7, agent: 'agent001'} as const, claim},
    ]) {
      expect(await refusal(daemon.api.cure({pattern, subject, shown}))).toMatchObject({code: 'finding-moved'})
    }
    expect(world.git.claimRefs.size).toBe(1)
    const {done} = await daemon.api.cure({pattern, subject, shown: {treatment, claim}})
    expect(done).toMatch(/^#7 is released; kept: refs\/clambake\/rescue\//)
    expect([world.git.claimRefs.size, labels(world)?.includes('route:ready')]).toEqual([0, false])
    expect(await patterns(daemon)).toEqual([])
  })

  it('that did not finish because the network failed can be repeated', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    const {releaseClaim} = world.git
    world.git.releaseClaim = async () => {
      throw new ClambakeError({code: 'remote-unreachable', message: 'no network'})
    }
    expect(await refusal(daemon.api.reset({agent: 'agent001'}))).toMatchObject({code: 'remote-unreachable'})
    expect(told(world)).not.toContain('agent001 is reset by ada@here: #7 is released')
    await world.clock.advance(60_000)
    expect(world.git.claimRefs.size).toBe(1)
    world.git.releaseClaim = releaseClaim
    expect(await daemon.api.reset({agent: 'agent001'})).toMatchObject({ticket: 7})
    expect([world.git.claimRefs.size, labels(world)]).toEqual([0, ['route:ready']])
    expect(told(world)).toContain('agent001 is reset by ada@here: #7 is released')
  })

  it('of pushed work closes its pull request, keeps its branch, and can be undone', async () => {
    const {world, daemon} = await working({routing: {max_agents: 1}})
    using _daemon = daemon
    const head = world.git.commit(PLACE, 'half')
    const branch = world.git.claimRefs.get(7)!.record.branch
    world.git.branches.set(branch, head)
    const pull = await world.github.ensurePull({branch, base: 'main', title: 'Half', body: ''})
    const {steps} = await daemon.api.reset({agent: 'agent001', dryRun: true})
    expect(steps).toContain(`close #${pull.number} without a merge; it can be opened again`)
    expect(steps.join()).toContain(`keep the pushed ${branch} at ${head.slice(0, 7)}`)
    await daemon.api.reset({agent: 'agent001'})
    expect((await world.github.pull(pull.number)).state).toBe('closed')
    expect([world.git.branches.has(branch), world.git.claimRefs.size, labels(world)]).toEqual([
      false,
      0,
      ['route:ready'],
    ])
    expect(await world.git.lostCommits()).toEqual([])

    expect(await daemon.api.undo({dryRun: true})).toMatchObject({what: 'reset agent001 on #7', by: 'ada@here'})
    const undone = await daemon.api.undo({})
    expect(undone?.done).toContain(`agent001 continues #7 on ${branch}`)
    expect((await world.github.pull(pull.number)).state).toBe('open')
    expect(world.git.branches.get(branch)).toBe(head)
    expect(world.git.claimRefs.get(7)?.record).toMatchObject({branch, owner: 'me'})
    expect(await daemon.api.undo({})).toBeNull()
  })

  it('is refused without a ticket, and for an unknown agent', async () => {
    const world = thinking()
    using daemon = await world.start({mode: BY_HAND})
    expect(await refusal(daemon.api.reset({agent: 'agent001'}))).toMatchObject({code: 'nothing-to-reset'})
    expect(await refusal(daemon.api.reset({agent: 'agent044'}))).toMatchObject({code: 'unknown-agent'})
  })

  it('leaves a stranger’s issue for a person to label', async () => {
    const {world, daemon} = await working()
    using _daemon = daemon
    world.github.openIssue(7, {...world.github.issues.get(7), association: 'NONE'})
    expect(await daemon.api.reset({agent: 'agent001'})).toMatchObject({isReady: false})
    expect(labels(world)).toEqual([])
  })
})
