import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {refusal} from '../git/setup.ts'
import {AT_ONCE, diligent, type MemoryWorld, memoryWorld} from './memory.ts'

/** What must hold at the end, whatever happened on the way. */
async function expectLanded(world: MemoryWorld, issue: number): Promise<void> {
  const {git, github, host} = world
  expect(github.issues.get(issue)?.state).toBe('closed')
  expect([...github.pulls.values()].filter(pull => pull.state === 'merged')).toHaveLength(1)
  expect(git.claimRefs.has(issue), 'the claim is released').toBe(false)
  expect(git.trees.size, 'no worktree is left').toBe(0)
  expect(git.landing).toBeNull()
  expect(host.live(), 'no process is left').toEqual([])
  expect(await git.lostCommits()).toEqual([])
}

/** A world whose daemon was killed while the agent of #7 worked, which lives on. */
async function killedAtWork(): Promise<MemoryWorld> {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(7)
  const daemon = await world.start()
  await daemon.api.pop({issue: 7})
  await world.until(() => world.host.prompts.length === 1, 'it is prompted')
  daemon.kill()
  return world
}

describe('a ticket from pop to merged', () => {
  it('is claimed, worked on, bottled, landed when asked, and cleaned up', async () => {
    const world = memoryWorld()
    const {github, host, git, hub} = world
    github.openIssue(7, {title: 'Add tax'})
    using daemon = await world.start()
    const popped = await daemon.api.pop({issue: 7})
    expect(popped).toEqual({ticket: 7, title: 'Add tax', agent: 'agent001', branch: 'agent001/7-add-tax'})
    const row = () => daemon.state().tickets.find(({number}) => number === 7)
    await world.until(() => row()?.detail === 'bottled', 'it is bottled')
    expect(host.prompts.map(({ticket}) => ticket)).toEqual([7])
    expect(host.live(), 'its agent is free again').toEqual([])
    expect(daemon.state().agents[0]).toMatchObject({state: 'available', ticket: null})
    expect(github.issues.get(7)?.labels.toSorted()).toEqual(['agent:review', 'route:review'])
    expect(github.pulls.size, 'nothing lands unasked').toBe(0)

    expect(await daemon.api.land({})).toEqual({landing: [7], notes: []})
    await world.until(() => row()?.phase === 'merged', 'it is merged')
    await world.until(() => git.claimRefs.size === 0, 'its claim is released')
    await expectLanded(world, 7)
    expect(github.issues.get(7)?.labels).toEqual([])
    expect(hub.events.map(({type}) => type)).toEqual([
      'issue_assigned',
      'task_started',
      'work_completed',
      'pr_opened',
      'landing_attempted',
      'pr_merged',
    ])
    expect(daemon.state().events[0]).toMatchObject({type: 'pr_merged', ticket: 7})
  })

  it('starts over when its issue is reopened and made ready', async () => {
    const world = memoryWorld()
    const {github, git} = world
    github.openIssue(7)
    using daemon = await world.start({mode: AT_ONCE})
    daemon.reconciler.start()
    await world.until(() => daemon.state().tickets[0]?.phase === 'merged', 'it is merged')
    await world.clock.advance(10 * 60_000)
    expect(daemon.state().tickets[0]?.phase).toBe('merged')
    github.openIssue(7)
    await world.until(() => git.claimRefs.has(7), 'it is claimed again')
  })

  it('boards the train that departs on the clock', async () => {
    const world = memoryWorld({bundling: {leave_early: false}})
    world.github.openIssue(7)
    using daemon = await world.start({mode: {routing: 'auto', landing: 'train'}})
    daemon.reconciler.start()
    await world.until(() => daemon.state().header.aboard === 1, 'it is bottled')
    expect(world.clock.now()).toBeLessThan(Date.parse('2026-01-01T00:10:00Z'))
    await world.until(() => daemon.state().tickets[0]?.phase === 'merged', 'the train took it')
    expect(world.clock.now()).toBeGreaterThanOrEqual(Date.parse('2026-01-01T00:10:00Z'))
  })

  it('goes back to its agent with the output of CI, in the same worktree, and then lands', async () => {
    const world = memoryWorld()
    const {github, git, host} = world
    github.openIssue(7)
    host.play = ({pane, cwd}) => {
      const sha = git.commit(cwd, 'work')
      if (host.prompts.length === 1) github.verdicts.set(sha, 'failed')
      host.say(pane, 'Stop')
    }
    using daemon = await world.start({mode: AT_ONCE})
    await daemon.api.refresh({})
    await world.until(() => github.issues.get(7)?.state === 'closed', 'it landed')
    expect(host.prompts).toHaveLength(2)
    expect(host.prompts[1]?.text).toContain('unit')
    expect(new Set([...host.all.values()].map(({cwd}) => cwd)).size).toBe(1)
    await world.until(() => git.claimRefs.size === 0, 'its claim is released')
    await expectLanded(world, 7)
  })

  it('asks a person when the agent leaves without work', async () => {
    const world = memoryWorld()
    const {github, host} = world
    github.openIssue(7)
    host.play = ({pane}) => host.say(pane, 'Stop', {last_assistant_message: 'I looked around.\n\nTea or coffee?'})
    using daemon = await world.start({mode: AT_ONCE})
    await daemon.api.refresh({})
    await world.until(() => daemon.state().tickets[0]?.phase === 'blocked', 'it is blocked')
    expect(host.prompts).toHaveLength(3)
    const asks = 'the agent made no commit after 2 reminders; it asks: Tea or coffee?'
    expect(daemon.state().tickets[0]?.attention).toBe(asks)
    expect(daemon.state().events.map(({message}) => message)).toContain('agent001 asks: Tea or coffee?')
    await world.until(() => github.comments.length === 1, 'the issue says why')
    await world.until(() => host.live().length === 0, 'the agent is stopped')
    expect(daemon.state().agents[0]?.state).toBe('available')

    host.play = diligent(world)
    await daemon.api.pop({issue: 7})
    await world.until(() => github.issues.get(7)?.state === 'closed', 'it landed on another try')
  })
})

describe('an agent that says that it is blocked', () => {
  it('is stopped, its work is kept, and the reason is shown to a person', async () => {
    const world = memoryWorld({}, ({pane, cwd}) => {
      world.git.scribble(cwd, 'half.ts')
      world.host.say(pane, 'Stop', {last_assistant_message: 'I tried.\n\nBLOCKED: no test database'})
    })
    const {github, host, git} = world
    github.openIssue(7)
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    const row = () => daemon.state().tickets.find(({number}) => number === 7)
    await world.until(() => row()?.phase === 'blocked' && host.live().length === 0, 'it is blocked')
    expect(row()?.attention).toBe('its agent says that it is blocked: no test database')
    expect(host.prompts, 'it is not reminded').toHaveLength(1)
    await world.until(() => github.comments.length === 1, 'the issue says so')
    expect([...git.trees.values()][0]?.dirty).toEqual(['half.ts'])
    expect(daemon.state().agents[0]).toMatchObject({state: 'available', ticket: null})
    const reason = 'its agent says that it is blocked: no test database'
    expect(git.claimRefs.get(7)?.record).toMatchObject({phase: 'blocked', reason})
  })

  it('is stopped too when it said so while no daemon ran', async () => {
    const world = await killedAtWork()
    const {pane} = world.host.live()[0]!
    world.host.say(pane, 'Stop', {last_assistant_message: 'BLOCKED: which color?'})
    using daemon = await world.start()
    await world.until(() => daemon.state().tickets[0]?.phase === 'blocked', 'it is blocked')
    expect(daemon.state().tickets[0]?.attention).toContain('which color?')
  })
})

describe('an agent whose ticket is gone when the daemon starts', () => {
  it.each([
    ['is ended where its worktree is gone too, as after a landing', true],
    ['is left to a person where its worktree is there', false],
  ])('%s', async (_, isGone) => {
    const world = await killedAtWork()
    world.git.claimRefs.clear()
    if (isGone) world.git.trees.clear()
    using daemon = await world.start()
    await daemon.api.refresh({})
    await world.clock.advance(20_000)
    expect(world.host.live()).toHaveLength(isGone ? 0 : 1)
  })
})

describe('an agent that dies with each run of the daemon', () => {
  it('is started after growing pauses, and left to a person after five starts', async () => {
    const world = memoryWorld({}, () => {})
    const {github, host, git, clock} = world
    github.openIssue(7)
    const starts: number[] = []
    const first = await world.start()
    await first.api.pop({issue: 7})
    for (let daemon = first; ; daemon = await world.start()) {
      const isOver = () => git.claimRefs.get(7)?.record.phase === 'blocked'
      await world.until(() => host.prompts.length > starts.length || isOver(), 'it is started, or given up')
      daemon.kill()
      if (isOver()) break
      starts.push(clock.now())
      for (const {pane} of host.live()) host.exit(pane)
    }
    expect(starts).toHaveLength(5)
    const pauses = starts.slice(1).map((at, index) => at - starts[index]!)
    expect(pauses.every((pause, index) => pause >= 1000 * 2 ** index)).toBe(true)
    expect(git.claimRefs.get(7)?.record.reason).toContain('5 times within 10 minutes')
  })
})

describe('commands of the configuration', () => {
  it('verify what an agent finished: a failure goes back to the agent, and what passes is bottled', async () => {
    const world = memoryWorld({agents: {verify: ['npm test']}})
    const {github, git, host, hub} = world
    github.openIssue(7)
    host.run = ({cwd}) => (git.trees.get(cwd)?.commits.length === 1 ? {code: 1, text: '2 tests failed'} : {code: 0})
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
    expect(host.prompts).toHaveLength(2)
    expect(host.prompts[1]?.text).toContain('2 tests failed')
    expect(host.ran).toHaveLength(2)
    expect(git.claimRefs.get(7)?.record.head).toBe([...git.trees.values()][0]?.commits[0]?.sha)
    expect(hub.events).toContainEqual(
      expect.objectContaining({
        type: 'status_update',
        ticket: 7,
        message: expect.stringContaining('`npm test` failed'),
      }),
    )
    expect(
      [...host.all.values()].filter(({meta}) => meta.job),
      'no pane of a command is left',
    ).toEqual([])
  })

  it('that fail on every try leave the ticket to a person, with the reason', async () => {
    const world = memoryWorld({agents: {verify: ['npm test']}})
    const {github, host} = world
    github.openIssue(7)
    host.run = () => ({code: 1})
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => github.comments.length === 1, 'the issue says why')
    expect(host.prompts).toHaveLength(3)
    const attention = '`npm test` failed (code 1), after 2 tries to repair it'
    expect(daemon.state().tickets[0]).toMatchObject({phase: 'blocked', attention})
  })

  it.each([
    ['lives', false],
    ['has ended meanwhile', true],
  ])('refuse work that is bottled by hand, whose agent %s', async (_, ends) => {
    const world = memoryWorld({agents: {verify: ['npm test']}})
    const {github, git, host} = world
    github.openIssue(7)
    host.play = ({cwd}) => void git.commit(cwd, 'work')
    host.run = () => {
      if (ends) for (const {pane, meta} of host.live()) if (meta.agent) host.exit(pane)
      return {code: 1}
    }
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => host.prompts.length === 1, 'its agent works')
    const refused = refusal(daemon.api.bottle({agent: 'agent001'}))
    await world.until(() => host.prompts.length === 2, 'its agent is prompted')
    expect(await refused).toMatchObject({code: 'not-bottled', message: expect.stringContaining('`npm test` failed')})
  })

  it('are ended with the agent that is stopped, and count as work of its ticket until then', async () => {
    const world = memoryWorld({agents: {verify: ['npm test']}})
    const {github, host} = world
    github.openIssue(7)
    host.run = () => null
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => daemon.state().tickets[0]?.detail === 'verifying', 'it is being verified')
    const [job] = host.live().filter(({meta}) => meta.job)
    expect(daemon.state().agents.map(({pane}) => pane)).not.toContain(job?.pane)
    await daemon.api.stopAgent({agent: 'agent001'})
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'the agent is free')
    expect(host.live()).toEqual([])
    expect(daemon.state().tickets[0]).toMatchObject({phase: 'blocked', attention: 'its agent was stopped by hand'})
  })

  it('set a new worktree up once; a failure blocks the ticket and is retried with it', async () => {
    const world = memoryWorld({agents: {setup: ['npm ci']}})
    const {github, host} = world
    github.openIssue(7)
    host.run = () => ({code: 1, text: 'no network'})
    using daemon = await world.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => daemon.state().tickets[0]?.phase === 'blocked', 'it is blocked')
    expect(daemon.state().tickets[0]?.attention).toContain('`npm ci` failed (code 1): no network')
    expect(host.prompts).toEqual([])
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'the agent is free')

    host.run = () => ({code: 0})
    host.play = ({pane}) => host.say(pane, 'Stop')
    await daemon.api.pop({issue: 7})
    await world.until(
      () => daemon.state().tickets[0]?.attention?.includes('no commit') === true,
      'its agent did nothing',
    )
    expect(host.ran).toHaveLength(2)
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'the agent is free')
    host.play = diligent(world)
    await daemon.api.pop({issue: 7})
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
    expect(host.ran, 'it was set up already').toHaveLength(2)
  })
})

describe('a claim that another daemon took', () => {
  it('is left to that one, and is claimed here again after its release', async () => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    world.git.steal(1, 'other')
    const {cwd, pane} = world.host.live()[0]!
    world.git.commit(cwd, 'late')
    world.host.say(pane, 'Stop')
    await world.until(() => daemon.state().tickets[0]?.phase === 'orphaned', 'it is lost')
    await world.until(() => world.host.live().length === 0, 'its agent is stopped')
    expect(world.git.branches.size).toBe(0)
    await daemon.api.refresh({})
    expect((await refusal(daemon.api.pop({issue: 1}))).message).toContain('other-host')
    world.git.claimRefs.delete(1)
    await daemon.api.refresh({})
    expect(await daemon.api.pop({issue: 1})).toMatchObject({ticket: 1})
  })
  it('after the merge leaves the rest to its holder', async () => {
    const world = memoryWorld()
    const {github, git} = world
    github.openIssue(1)
    using daemon = await world.start({mode: AT_ONCE})
    const {merge} = github
    github.merge = async options => {
      const outcome = await merge(options)
      git.steal(1, 'other')
      return outcome
    }
    await daemon.api.refresh({})
    await world.until(() => daemon.state().tickets[0]?.phase === 'orphaned', 'it is lost')
    expect(git.trees.size, 'the worktree is kept').toBe(1)
    expect(github.comments).toEqual([])
  })
})

describe('a trouble of the outside', () => {
  it('is shown until it ends, a person is notified of what only a person can mend, and work continues', async () => {
    const world = memoryWorld()
    const {github} = world
    github.openIssue(1)
    using daemon = await world.start({mode: AT_ONCE})
    const told: string[] = []
    daemon.onNotice(({level, text}) => told.push(`${level}: ${text}`))
    const {ensurePull} = github
    github.ensurePull = async () => {
      throw new ClambakeError({code: 'github-bad-token', message: 'GitHub does not know the token'})
    }
    await daemon.api.refresh({})
    await world.until(() => daemon.state().header.troubles.length > 0, 'it is shown')
    expect(daemon.state().header.troubles[0]).toMatch(/^GitHub does not know the token since \d\d:\d\d$/)
    await world.clock.advance(60_000)
    expect(told).toEqual(['error: GitHub does not know the token'])
    github.ensurePull = ensurePull
    await world.until(() => github.issues.get(1)?.state === 'closed', 'it landed')
    expect(daemon.state().header.troubles).toEqual([])
  })
})

describe('what an agent does while no daemon runs', () => {
  it.each([
    ['ends its turn', (world: MemoryWorld, pane: string) => world.host.say(pane, 'Stop')],
    ['ends', (world: MemoryWorld, pane: string) => world.host.exit(pane)],
  ])('is known to the next one: it %s', async (_, act) => {
    const world = memoryWorld({}, () => {})
    world.github.openIssue(1)
    const first = await world.start()
    await first.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 1, 'it works')
    first.kill()
    const {pane, cwd} = world.host.live()[0]!
    world.git.commit(cwd, 'done alone')
    world.host.play = ({pane: again}) => world.host.say(again, 'Stop')
    act(world, pane)
    using second = await world.start()
    await world.until(() => second.state().header.aboard === 1, 'it is bottled')
    expect(world.git.branches.size).toBe(1)
    expect(await world.git.lostCommits()).toEqual([])
  })
})
