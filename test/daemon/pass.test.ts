import {describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {onceExit} from '../../src/cli/once/report.ts'
import type {PassReport} from '../../src/protocol/daemon.ts'
import {BY_HAND, diligent, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'
import {shaOf} from './memory-git.ts'

type Options = {agents?: boolean; timeoutMs?: number | null; signal?: AbortSignal}

/** Runs a pass while time passes. */
async function pass(world: MemoryWorld, daemon: RunningDaemon, options: Options = {}): Promise<PassReport> {
  const {agents = true, timeoutMs = null, signal = new AbortController().signal} = options
  let report: PassReport | undefined
  let failure: unknown
  daemon.pass({agents, timeoutMs, signal}).then(
    done => {
      report = done
    },
    error => {
      failure = error
    },
  )
  await world.until(() => report !== undefined || failure !== undefined, 'the pass ends')
  if (failure) throw failure
  return report!
}

describe('a pass', () => {
  it('claims up to capacity, works, lands, and reports what happened to every issue', async () => {
    const world = memoryWorld({routing: {max_agents: 2}})
    const {github, git, host} = world
    for (const number of [1, 2, 3]) github.openIssue(number)
    github.openIssue(4, {labels: ['route:ready', 'human-only']})
    github.openIssue(5, {labels: []})
    github.openIssue(6)
    host.play = (info, text) => {
      if (info.meta.ticket === '6') host.say(info.pane, 'Stop')
      else diligent(world)(info, text)
    }
    let most = 0
    host.onPane(() => {
      most = Math.max(most, host.live().length)
    })
    using daemon = await world.start()
    const report = await pass(world, daemon)
    expect(report).toMatchObject({merged: [1, 2, 3], agents: 2, lost: []})
    expect(report.skipped).toEqual([
      {number: 4, reason: 'labelled human-only'},
      {number: 5, reason: 'no label route:ready'},
    ])
    expect(report.needsHuman).toEqual([{number: 6, reason: 'the agent made no commit after 2 reminders'}])
    expect(report.apiCalls).toBeGreaterThan(0)
    expect(report.durationMs).toBeGreaterThan(0)
    expect(most).toBe(2)
    expect(host.live()).toEqual([])
    expect(git.claimRefs.size, 'only the blocked ticket is still claimed').toBe(1)
    expect(daemon.engine.state().mode, 'as before').toEqual(BY_HAND)
  })

  it('finishes work on the same files one after the other, and other work beside it', async () => {
    const world = memoryWorld({routing: {max_agents: 3}})
    const {github, git, host} = world
    git.files.push('src/a.ts')
    for (const number of [1, 2, 3]) github.openIssue(number, {body: 'in src/a.ts'})
    github.openIssue(4, {createdAt: 9})
    const side: number[][] = []
    host.onPane(() => side.push(host.live().map(({meta}) => Number(meta.ticket))))
    using daemon = await world.start()
    const report = await pass(world, daemon)
    expect(report.merged.toSorted()).toEqual([1, 2, 3, 4])
    expect(side.every(live => live.filter(number => number < 4).length <= 1)).toBe(true)
    expect(side.some(live => live.length > 1)).toBe(true)
  })

  it('ends at once when there is nothing to do', async () => {
    const world = memoryWorld()
    using daemon = await world.start()
    expect(await pass(world, daemon)).toMatchObject({merged: [], skipped: [], needsHuman: []})
  })

  it('ends without an agent whose request no one answers, and names it', async () => {
    const world = memoryWorld({routing: {max_agents: 1}})
    const {github, host} = world
    for (const number of [1, 2]) github.openIssue(number)
    host.play = info => host.say(info.pane, 'PermissionRequest', {tool_name: 'Bash'})
    using daemon = await world.start()
    const report = await pass(world, daemon)
    expect(report).toMatchObject({merged: [], lost: []})
    expect(report.needsHuman).toEqual([{number: 1, reason: expect.stringContaining('agent001 waits for you')}])
    expect(report.skipped).toEqual([{number: 2, reason: 'the pass ended before its turn'}])
  })

  it('without agents neither waits for working agents nor reports them to a person', async () => {
    const world = memoryWorld({routing: {max_agents: 1}}, () => {})
    world.github.openIssue(1)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    expect(await pass(world, daemon, {agents: false})).toMatchObject({merged: [], needsHuman: []})
    expect(world.host.live()).toHaveLength(1)
  })

  it('without agents lands what is bottled and starts none, not even for a repair', async () => {
    const world = memoryWorld()
    const {github, git, host} = world
    for (const number of [1, 2]) github.openIssue(number)
    using daemon = await world.start()
    await daemon.api.pop({issue: 1})
    await daemon.api.pop({issue: 2})
    await world.until(() => daemon.state().header.aboard === 2, 'both are bottled')
    const bad = git.branches.get('agent002/2-issue-2')!
    const holdsBad = (sha: string) => sha === bad || (git.remote.bundles.get(sha) ?? []).some(({head}) => head === bad)
    github.judge = sha => (holdsBad(sha) ? 'failed' : undefined)
    github.openIssue(3)
    const before = host.all.size
    const report = await pass(world, daemon, {agents: false})
    expect(report.merged).toEqual([1])
    expect(report.needsHuman).toEqual([{number: 2, reason: 'checks failed: unit'}])
    expect(report.skipped).toEqual([{number: 3, reason: 'no agent was started'}])
    expect(host.all.size).toBe(before)
  })

  it('ends when a ticket that landed cannot be cleaned up, and says why', async () => {
    const world = memoryWorld()
    world.github.openIssue(1)
    const next = 'clone it elsewhere'
    world.git.removeWorktree = () =>
      Promise.reject(new ClambakeError({code: 'rescue-too-big', message: 'scratch/ref is too big', next}))
    using daemon = await world.start()
    const report = await pass(world, daemon)
    expect(report.merged).toEqual([1])
    expect(report.needsHuman).toEqual([{number: 1, reason: expect.stringContaining('clean-up failed')}])
    expect(report.needsHuman[0]?.reason).toContain(`scratch/ref is too big; ${next}`)
    expect(onceExit(report)).toBe(1)
  })

  it.each([
    ['auth-refused', 3],
    ['remote-unreachable', 9],
  ] as const)('ends when the outside fails with %s for long, and says why', async (code, minutes) => {
    const world = memoryWorld()
    world.github.openIssue(1)
    world.git.pushWork = () => Promise.reject(new ClambakeError({code, message: 'no push', next: 'see to it'}))
    using daemon = await world.start()
    const report = await pass(world, daemon)
    expect(report.needsHuman).toEqual([{number: 1, reason: 'no push; see to it'}])
    expect(report.durationMs).toBeLessThan(minutes * 60_000)
  })

  it.each([
    ['its time is over', {timeoutMs: 60_000}],
    ['it is stopped', {timeoutMs: null}],
  ])('ends with running work kept when %s', async (_, {timeoutMs}) => {
    const world = memoryWorld({routing: {max_agents: 1}})
    const {github, host, git} = world
    github.openIssue(1)
    github.openIssue(2)
    host.play = ({cwd}) => void git.commit(cwd, 'half')
    using daemon = await world.start()
    const stop = new AbortController()
    world.clock.after(60_000, () => stop.abort())
    const report = await pass(world, daemon, {timeoutMs, ...(timeoutMs === null ? {signal: stop.signal} : {})})
    expect(report.durationMs).toBeLessThan(62_000)
    expect(report.needsHuman).toEqual([{number: 1, reason: 'not finished: working; its work is kept'}])
    expect(report.skipped).toEqual([{number: 2, reason: 'the pass ended before its turn'}])
    expect(host.live()).toHaveLength(1)
    await daemon.park()
    expect(git.rescued).toHaveLength(1)
    expect(host.live()).toEqual([])
    expect(git.claimRefs.get(1)?.record.phase, 'the next start continues').toBe('working')
  })

  it('parks every agent, also one whose worktree is gone and beside one whose work cannot be saved', async () => {
    const world = memoryWorld({routing: {max_agents: 3}})
    const {github, host, git} = world
    for (const issue of [1, 2, 3]) github.openIssue(issue)
    host.play = ({cwd}) => void git.commit(cwd, 'half')
    using daemon = await world.start()
    await pass(world, daemon, {timeoutMs: 60_000})
    expect(host.live()).toHaveLength(3)
    const [gone, full] = host.live().map(({cwd}) => cwd)
    git.trees.delete(gone!)
    const {rescue} = git
    git.rescue = async options => {
      if (options.worktree === full) throw new ClambakeError({code: 'disk-full', message: 'the disk is full'})
      return rescue.call(git, options)
    }
    await expect(daemon.park()).rejects.toThrow('the disk is full')
    expect(git.rescued).toHaveLength(1)
    expect(host.live().map(({cwd}) => cwd)).toEqual([full])
  })

  it('leaves green pull requests to people where they merge', async () => {
    const world = memoryWorld({integration: {auto_merge: false}})
    world.github.openIssue(1)
    using daemon = await world.start()
    const report = await pass(world, daemon)
    expect(report.merged).toEqual([])
    expect(report.needsHuman[0]?.reason).toContain('merging is left to people')
    world.github.mergeByHand(101)
    await world.until(() => world.git.claimRefs.size === 0, 'the merge is seen and cleaned up')
    expect(world.github.issues.get(1)?.state).toBe('closed')
  })

  it('skips what another daemon holds, even if that one was only a moment faster', async () => {
    const world = memoryWorld()
    const {github, git} = world
    github.openIssue(1)
    using daemon = await world.start()
    const {claim} = git
    git.claim = async wanted => {
      git.claim = claim
      await claim({...wanted, owner: 'other', host: 'elsewhere', branch: 'x', base: shaOf('x')})
      return claim(wanted)
    }
    const report = await pass(world, daemon)
    expect(report.skipped).toMatchObject([{number: 1, reason: expect.stringContaining('elsewhere')}])
  })

  it('that cannot look fails, and restores the mode', async () => {
    const world = memoryWorld()
    using daemon = await world.start()
    world.github.snapshot = async () => {
      throw new Error('down')
    }
    await expect(pass(world, daemon)).rejects.toThrow('down')
    expect(daemon.engine.state().mode).toEqual(BY_HAND)
  })
})
