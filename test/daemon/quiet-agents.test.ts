import {describe, expect, it} from 'vitest'
import {type MemoryWorld, memoryWorld} from './memory.ts'

const QUIET = {command: ['other'], state: 'quiet', quiet_seconds: 5}
const NOTIFY = {command: ['other'], state: 'notify'}

/** A world whose agent has its task; its program writes until the test silences it. */
async function told(profile: object) {
  const world = memoryWorld({agents: {profile: 'other'}, profiles: {other: profile}}, () => {})
  world.github.openIssue(1)
  const daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  const pane = world.host.live()[0]!
  // The prompt is noted a moment later.
  await world.clock.advance(1000)
  return {
    world,
    daemon,
    pane,
    agent: () => daemon.state().agents[0]!,
    ticket: () => daemon.state().tickets[0]!.phase,
    prompts: () => world.host.prompts.length,
    calls: (text: string) => world.host.say(pane.pane, 'Attention', {by: 'osc9', text}),
  }
}

async function silence({clock, host}: MemoryWorld, pane: string, ms: number) {
  host.silent.add(pane)
  await clock.advance(ms)
  host.silent.delete(pane)
}

describe('an agent of a quiet profile', () => {
  it('works while it writes, and is done when it falls silent', async () => {
    const {world, daemon, pane, agent, ticket} = await told(QUIET)
    using _daemon = daemon
    await world.clock.advance(60_000)
    expect(agent()).toMatchObject({state: 'working', activity: 'working'})
    world.git.commit(pane.cwd, 'work')
    await silence(world, pane.pane, 4000)
    await world.clock.advance(2000)
    expect(ticket()).toBe('working')
    await silence(world, pane.pane, 12_000)
    expect(ticket()).toBe('review')
  })
  it('that says on its screen that it is blocked is stopped for a person, with its words', async () => {
    const {world, daemon, pane, ticket} = await told(QUIET)
    using _daemon = daemon
    await world.clock.advance(10_000)
    world.host.screens.set(pane.pane, '● I looked around.\n\n● BLOCKED: there are no beans\n\n> ')
    await silence(world, pane.pane, 12_000)
    await world.until(() => ticket() === 'blocked', 'it is given up')
    expect(daemon.state().tickets[0]?.attention).toBe('its agent says that it is blocked: there are no beans')
  })
  it('is reminded when it falls silent without a commit, and then stopped for a person', async () => {
    const {world, daemon, pane, ticket, prompts} = await told(QUIET)
    using _daemon = daemon
    await world.clock.advance(10_000)
    await silence(world, pane.pane, 12_000)
    await world.until(() => prompts() === 2, 'it is reminded')
    expect(world.host.prompts[1]!.text).toContain('commit')
    // The program prints nothing about its prompt, so waiting for it takes longer.
    world.host.silent.add(pane.pane)
    await world.clock.advance(20_000)
    expect(prompts()).toBe(2)
    await world.until(() => ticket() === 'blocked', 'it is given up')
    expect(prompts()).toBe(3)
  })

  it('is not given its task again by the next daemon, which keeps watching it', async () => {
    const {world, daemon, pane, prompts} = await told(QUIET)
    daemon.kill()
    using next = await world.start()
    await world.clock.advance(10_000)
    expect(prompts()).toBe(1)
    world.git.commit(pane.cwd, 'work')
    await silence(world, pane.pane, 12_000)
    expect(next.state().tickets[0]!.phase).toBe('review')
  })

  it('means nothing by a bell', async () => {
    const {world, daemon, calls, ticket} = await told(QUIET)
    using _daemon = daemon
    calls('')
    await world.clock.advance(10_000)
    expect(ticket()).toBe('working')
  })
})

describe('an agent of a notify profile', () => {
  it('is done when it says so, however long it was silent', async () => {
    const {world, daemon, pane, agent, ticket, calls} = await told(NOTIFY)
    using _daemon = daemon
    await silence(world, pane.pane, 10 * 60_000)
    await world.clock.advance(5000)
    expect(agent()).toMatchObject({state: 'working', activity: 'working'})
    world.git.commit(pane.cwd, 'work')
    calls('Turn complete')
    await world.until(() => ticket() === 'review', 'its work is taken')
  })

  it('waits for a person when it asks, is typed nothing, and continues', async () => {
    const {world, daemon, pane, agent, ticket, prompts, calls} = await told(NOTIFY)
    using _daemon = daemon
    await world.clock.advance(2000)
    calls('Approval requested: npm i')
    // The question is still being drawn.
    await world.clock.advance(1500)
    world.host.silent.add(pane.pane)
    await world.clock.advance(60_000)
    expect(agent()).toMatchObject({state: 'waiting', activity: 'asks'})
    expect({ticket: ticket(), prompts: prompts()}).toEqual({ticket: 'working', prompts: 1})
    const {facts} = await daemon.api.why({subject: 'agent001'})
    expect(facts.map(({text}) => text)).toContain('Attention: it says: Approval requested: npm i')
    expect(world.hub.events.map(({message}) => message)).toContain('agent001 says: Approval requested: npm i')
    world.host.silent.delete(pane.pane)
    await world.clock.advance(5000)
    expect(agent()).toMatchObject({state: 'working', activity: 'working'})
  })

  it('is reminded when it calls without a commit; the next daemon takes the call made meanwhile', async () => {
    const {world, daemon, pane, prompts, calls} = await told(NOTIFY)
    calls('Turn complete')
    await world.until(() => prompts() === 2, 'it is reminded')
    await world.clock.advance(1000)
    daemon.kill()
    using next = await world.start()
    await world.clock.advance(10_000)
    // The reminder answered its call.
    expect(prompts()).toBe(2)
    next.kill()
    world.git.commit(pane.cwd, 'work')
    calls('')
    using last = await world.start()
    await world.until(() => last.state().tickets[0]!.phase === 'review', 'its work is taken')
  })
})
