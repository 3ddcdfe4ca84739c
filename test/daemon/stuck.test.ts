import {expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {refusal} from '../git/setup.ts'
import {AT_ONCE, diligent, type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const MINUTE = 60_000

/** agent001 works on #7, and its turn does not end by itself. */
async function atWork(): Promise<{world: MemoryWorld; daemon: RunningDaemon}> {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(7)
  const daemon = await world.start()
  daemon.reconciler.start()
  await daemon.api.pop({issue: 7})
  await world.until(() => world.host.prompts.length === 1, 'it is prompted')
  return {world, daemon}
}

it('an end of an agent whose report got lost is noticed, and its ticket continues', async () => {
  const {world, daemon} = await atWork()
  using _daemon = daemon
  const info = world.host.live()[0]!
  // The pane is gone without a word, as after a host that was replaced.
  world.host.all.delete(info.pane)
  await world.until(() => world.host.prompts.length === 2, 'it is started and prompted again')
  expect(daemon.state().agents[0]).toMatchObject({state: 'working', ticket: 7})
})

it.each(['write', 'text'] as const)(
  'a host that is killed between an agent and its prompt (%s) asks no person',
  async call => {
    const world = memoryWorld()
    world.github.openIssue(7)
    world.host.play = diligent(world)
    const plain = world.host[call].bind(world.host) as (...args: unknown[]) => Promise<never>
    let isKilled = false
    // Whoever had looked for the pane before now speaks to a new host, which does not know it.
    world.host[call] = async (...args: unknown[]) => {
      if (!isKilled) {
        isKilled = true
        world.host.all.clear()
      }
      return plain(...args)
    }
    using daemon = await world.start()
    daemon.reconciler.start()
    await daemon.api.pop({issue: 7})
    await world.until(() => world.github.issues.get(7)!.labels.includes('route:review'), 'it is bottled')
    expect(isKilled).toBe(true)
  },
)

it('diagnose finds a ticket at work whose agent has no process, and cures it', async () => {
  const {world, daemon} = await atWork()
  using _daemon = daemon
  await world.clock.advance(2 * MINUTE)
  const {panes} = world.host
  const info = world.host.live()[0]!
  world.host.all.delete(info.pane)
  const {findings} = await daemon.api.diagnose({issue: 7})
  expect(findings).toMatchObject([{pattern: 'working-without-process', subject: '#7', cure: {safe: true}}])
  await daemon.api.cure({pattern: 'working-without-process', subject: '#7'})
  await world.until(() => world.host.prompts.length === 2, 'it is started again')
  world.host.panes = panes
})

it('an agent that ends each time is left to a person with its exit code and its last words', async () => {
  const world = memoryWorld({}, () => {})
  const {host, git} = world
  host.play = ({pane}) => host.exit(pane, {code: 3, text: 'loading\nfatal: no model named gpt-9\n'})
  world.github.openIssue(7)
  using daemon = await world.start()
  const before = world.clock.monotonic()
  await daemon.api.pop({issue: 7})
  await world.until(() => git.claimRefs.get(7)?.record.phase === 'blocked', 'a person is asked')
  expect(git.claimRefs.get(7)?.record.reason).toMatch(
    /started 5 times within 10 minutes .*last with exit code 3, after it wrote: .*no model named gpt-9/,
  )
  // Five paid starts do not follow each other in seconds.
  expect(world.clock.monotonic() - before).toBeGreaterThan(MINUTE)
})

it('an agent without signals that ends with BLOCKED is not started again', async () => {
  const world = memoryWorld({agents: {profile: 'mine'}, profiles: {mine: {command: ['mine'], state: 'exit'}}}, () => {})
  const {host, git} = world
  host.spawned = ({pane, meta}) => meta.job === undefined && host.exit(pane, {code: 0, text: 'BLOCKED: which colour?'})
  world.github.openIssue(7)
  using daemon = await world.start()
  await daemon.api.pop({issue: 7}).catch(() => {})
  await world.until(() => git.claimRefs.get(7)?.record.phase === 'blocked', 'a person is asked')
  expect(git.claimRefs.get(7)?.record.reason).toBe('its agent says that it is blocked: which colour?')
  expect(git.claimRefs.get(7)?.record.attempts).toBe(1)
})

it('pop says that GitHub does not answer, keeps the request, and the ticket is shown as waiting for it', async () => {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(7)
  using daemon = await world.start()
  daemon.reconciler.start()
  await daemon.api.refresh({})
  const {issue} = world.github
  world.github.issue = async () => {
    throw new ClambakeError({code: 'github-unreachable', message: 'GitHub does not answer'})
  }
  const said = refusal(daemon.api.pop({issue: 7}))
  await world.clock.advance(30_000)
  expect(await said).toMatchObject({
    code: 'not-yet',
    message: expect.stringContaining('GitHub does not answer'),
    kept: expect.stringContaining('the request'),
  })
  await world.clock.advance(6 * MINUTE)
  expect(daemon.state().tickets[0]?.attention).toMatch(/GitHub does not answer \(claimTicket failed \d+ times/)
  expect((await daemon.api.diagnose({})).needs).toMatchObject([{issue: 7}])
  world.github.issue = issue
  await world.until(() => world.host.prompts.length === 1, 'it is claimed once GitHub answers')
  expect(daemon.state().tickets[0]?.attention).toBeNull()
})

it("a claim of its own that it does not know is taken up: the claim's answer got lost, and the issue was held back", async () => {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(7)
  let isLost = false
  const error = new ClambakeError({code: 'internal', message: 'the answer got lost'})
  using daemon = await world.start({
    fault: call => {
      if (call !== 'git.claim' || isLost) return null
      isLost = true
      return {unanswered: error}
    },
  })
  daemon.reconciler.start()
  const said = refusal(daemon.api.pop({issue: 7}))
  await world.clock.advance(1000)
  expect(await said).toMatchObject({code: 'claim-refused'})
  expect(world.git.claimRefs.get(7)?.record).toMatchObject({owner: 'me'})
  await world.until(() => daemon.state().tickets[0]?.phase === 'working', 'it is taken up')
})

it('work that was pushed after a person merged its pull request is kept', async () => {
  const world = memoryWorld()
  const {git, github} = world
  github.openIssue(7)
  github.verdicts.set('*', 'pending')
  using daemon = await world.start({mode: AT_ONCE})
  daemon.reconciler.start()
  await world.until(() => github.pulls.size === 1, 'its pull request is open')
  const [[path]] = [...git.trees.keys()].map(key => [key] as const) as [[string]]
  github.mergeByHand(101)
  // The daemon pushes more before it sees the merge.
  const later = git.commit(path, 'more of it')
  git.branches.set(git.claimRefs.get(7)!.record.branch, later)
  await world.until(() => git.claimRefs.size === 0, 'its claim is released')
  expect(await git.lostCommits()).toEqual([])
  expect([...git.branches.values()]).toContain(later)
})

it('an agent that an earlier run started in another slot is ended before the ticket gets its own', async () => {
  const world = memoryWorld({}, () => {})
  const {host, github} = world
  github.openIssue(7)
  using daemon = await world.start()
  daemon.reconciler.start()
  // Its start was asked for by a run that was killed, and the host was slow.
  const size = {cols: 80, rows: 24, env: {}, session: 's'}
  await host.spawn({
    pane: 'late',
    title: 'agent002',
    command: ['x'],
    cwd: '/w',
    ...size,
    meta: {agent: 'agent002', ticket: '7'},
  })
  await daemon.api.pop({issue: 7})
  await world.until(() => host.prompts.length === 1, 'it is prompted')
  expect(host.live().map(({meta}) => meta.agent)).toEqual(['agent001'])
  host.ask(host.live()[0]!.pane, {tool_name: 'Bash', tool_input: {command: 'make'}})
  await world.until(() => daemon.state().tickets[0]?.attention !== null, 'its question reaches a person')
})

it('a full disk is told, fails nothing, and heals by itself', async () => {
  const world = memoryWorld()
  const {git, github, clock} = world
  github.openIssue(7)
  let isFull = true
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'})
  const make = git.ensureWorktree
  git.ensureWorktree = async given => {
    if (isFull) throw error
    return make(given)
  }
  using daemon = await world.start({mode: AT_ONCE})
  const notices: string[] = []
  daemon.onNotice(({text}) => notices.push(text))
  daemon.reconciler.start()
  await clock.advance(3 * MINUTE)
  expect(notices).toEqual(['The disk is full: ENOSPC: no space left on device, write'])
  expect(daemon.state().header.troubles).toEqual([expect.stringContaining('The disk is full')])
  expect(daemon.state().tickets[0]).toMatchObject({attention: expect.stringContaining('prepareWorktree failed')})
  expect(git.claimRefs.get(7)?.record.phase).toBe('claimed')
  isFull = false
  await world.until(() => github.issues.get(7)?.state === 'closed', 'it lands')
  expect(daemon.state().header.troubles).toEqual([])
})

it.each([
  ['killed while it resumes keeps its conversation', 9],
  ['without a conversation to resume, as its exit says, begins a new one', null],
])('an agent that is %s', async (_, signal) => {
  const {world, daemon} = await atWork()
  using _daemon = daemon
  const {host, git} = world
  const {session} = git.claimRefs.get(7)!.record
  let starts = 0
  host.spawned = ({pane}) => {
    starts += 1
    if (starts === 1) host.exit(pane, signal === null ? {code: 1} : {code: 137, signal})
  }
  host.exit(host.live()[0]!.pane, {code: 1})
  await world.until(() => host.prompts.length === 2, 'it is started and prompted again')
  expect(git.claimRefs.get(7)!.record.session === session).toBe(signal !== null)
})

it('a slot whose agent could not be ended is freed by later looks, however often that fails', async () => {
  const world = memoryWorld()
  world.github.openIssue(1)
  const error = new ClambakeError({code: 'internal', message: 'the host says no'})
  let tries = 0
  using daemon = await world.start({failing: effect => (effect === 'stopAgent' && ++tries <= 3 ? error : null)})
  daemon.reconciler.start()
  await daemon.api.pop({})
  await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'its work is handed in')
  expect(daemon.state().agents[0]?.state).toBe('cleanup')
  await world.until(() => daemon.state().agents[0]?.state === 'available', 'the slot is free')
})
