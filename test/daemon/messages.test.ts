import {describe, expect, it} from 'vitest'
import {refusal} from '../git/setup.ts'
import {type MemoryWorld, memoryWorld} from './memory.ts'

/** A world whose agents take prompts and do nothing until the test says so. */
function waiting(): MemoryWorld {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  return world
}

const paneOf = ({host}: MemoryWorld) => host.live()[0]!.pane
const toldOf = ({host}: MemoryWorld) => host.prompts.slice(1).map(({text}) => text)

it('a task waits while the input line is in use, and its ticket is not blocked', async () => {
  const world = waiting()
  const {host} = world
  const {spawn} = host
  host.spawn = async spec => {
    host.screens.set(spec.pane, 'What do you want to do?')
    host.silent.add(spec.pane)
    return await spawn(spec)
  }
  using daemon = await world.start()
  await daemon.api.pop({})
  await world.clock.advance(60_000)
  expect(daemon.state().tickets[0]).toMatchObject({phase: 'working', attention: 'input line in use'})
  host.screens.clear()
  await world.until(() => host.prompts.length === 1, 'the agent is prompted')
  expect(host.prompts[0]?.text).toContain('You work on issue #1')
})

describe('a message', () => {
  it('waits for the end of the turn, is delivered with its sender, and the work is inspected after that turn', async () => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    const {messages} = await daemon.api.send({to: 'a1', text: ' Use the new parser. '})
    expect(messages).toMatchObject([{from: 'ada@here', to: 'agent001', ticket: 1, text: 'Use the new parser.'}])
    await daemon.api.send({to: '@all', text: 'Main is broken.'})
    await world.clock.advance(5000)
    expect(toldOf(world)).toEqual([])

    world.git.commit(world.host.live()[0]!.cwd, 'work')
    world.host.say(paneOf(world), 'Stop')
    await world.until(() => toldOf(world).length === 1, 'both are delivered in one turn')
    expect(toldOf(world)[0]).toMatch(
      /from ada@here:[\s\S]*Use the new parser\.[\s\S]*from ada@here:[\s\S]*Main is broken\./,
    )
    await world.until(() => world.hub.said.every(({deliveredAt}) => deliveredAt !== null), 'the hub knows')
    expect(daemon.state().tickets[0]).toMatchObject({phase: 'working'})
    expect(daemon.state().agents[0]?.said.map(({text}) => text)).toEqual(['Use the new parser.', 'Main is broken.'])

    world.host.say(paneOf(world), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
    expect(daemon.state().events.map(({message}) => message)).toContain('ada@here said to agent001: Main is broken.')
  })

  it('is delivered at once to an agent whose turn failed', async () => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    world.host.say(paneOf(world), 'StopFailure', {error: 'server_error'})
    await daemon.api.send({to: 'agent001', text: 'Go on.'})
    await world.until(() => toldOf(world).length === 1, 'it is delivered')
  })

  it('waits while the input line is in use, says so, and is delivered when it is free', async () => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    const pane = paneOf(world)
    world.host.screens.set(pane, 'What do you want to do?')
    world.host.silent.add(pane)
    world.host.say(pane, 'StopFailure', {error: 'server_error'})
    await daemon.api.send({to: 'agent001', text: 'Go on.'})
    await world.clock.advance(60_000)
    expect(toldOf(world)).toEqual([])
    expect(daemon.state().agents[0]).toMatchObject({state: 'waiting', activity: 'input line in use'})
    expect(daemon.state().tickets[0]).toMatchObject({phase: 'working', attention: 'input line in use'})
    expect((await daemon.api.why({subject: 'agent001'})).facts[0]?.text).toBe('waiting: input line in use')
    const waits = daemon.state().events.filter(({message}) => message.startsWith('a message waits: '))
    expect(waits).toHaveLength(1)
    world.host.screens.delete(pane)
    await world.until(() => toldOf(world).length === 1, 'it is delivered')
    expect(daemon.state().agents[0]?.state).toBe('working')
  })

  it('is given to the next process when its agent ended while it was typed', async () => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    await daemon.api.send({to: 'agent001', text: 'Use the new parser.'})
    const {write} = world.host
    world.host.write = async (pane, data) => {
      if (data !== '\r') return write(pane, data)
      world.host.write = write
      world.clock.after(500, () => world.host.exit(pane, {code: 1}))
    }
    world.host.say(paneOf(world), 'Stop')
    await world.until(() => world.host.prompts.length === 2, 'the next process is prompted')
    world.host.say(paneOf(world), 'Stop')
    await world.until(() => toldOf(world).some(text => text.includes('Use the new parser.')), 'it is delivered')
  })

  it('is not typed into a question that the agent asks', async () => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    world.host.say(paneOf(world), 'PermissionRequest', {tool_name: 'Bash'})
    await daemon.api.send({to: 'agent001', text: 'Go on.'})
    await world.clock.advance(10_000)
    expect(toldOf(world)).toEqual([])
  })

  it('outlives the daemon', async () => {
    const world = waiting()
    const first = await world.start()
    await first.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    await first.api.send({to: 'agent001', text: 'Still there?'})
    first.kill()
    using _second = await world.start()
    world.host.say(paneOf(world), 'Stop')
    await world.until(() => toldOf(world).length === 1, 'it is delivered')
    expect(toldOf(world)[0]).toContain('Still there?')
  })

  it('outlives a daemon whose successor starts while the hub is away', async () => {
    const world = waiting()
    const first = await world.start()
    await first.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    await first.api.send({to: 'agent001', text: 'Still there?'})
    first.kill()
    const {messages} = world.hub
    world.hub.messages = () => Promise.reject(new Error('the hub is away'))
    using second = await world.start()
    await second.api.refresh({})
    world.hub.messages = messages
    await second.api.refresh({})
    world.host.say(paneOf(world), 'Stop')
    await world.until(() => toldOf(world).length === 1, 'it is delivered')
    expect(toldOf(world)[0]).toContain('Still there?')
  })

  it('is refused, and passes over the agent in @all, while its process is being ended', async () => {
    const world = waiting()
    world.github.openIssue(2)
    using daemon = await world.start()
    await daemon.api.route({})
    await world.until(() => world.host.prompts.length === 2, 'both are prompted')
    // Its process takes its time to end.
    world.host.stop = () => new Promise(() => {})
    const {pane, cwd} = world.host.live()[0]!
    world.git.commit(cwd, 'work')
    world.host.say(pane, 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
    expect(daemon.state().agents[0]).toMatchObject({state: 'cleanup', ticket: 1})
    const refused = await refusal(daemon.api.send({to: 'agent001', text: 'Use the new parser.'}))
    expect(refused).toMatchObject({code: 'no-ticket'})
    expect(refused.message).toContain('is just ending its work on #1')
    const {messages} = await daemon.api.send({to: '@all', text: 'Main is broken.'})
    expect(messages.map(({to}) => to)).toEqual(['agent002'])
  })

  it('is told once as unread where its agent handed in while it was stored, also over a restart', async () => {
    const world = waiting()
    const first = await world.start()
    await first.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    const {send} = world.hub
    world.hub.send = async message => {
      world.git.commit(world.host.live()[0]!.cwd, 'work')
      world.host.say(paneOf(world), 'Stop')
      await world.until(() => first.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
      return await send(message)
    }
    await first.api.send({to: 'agent001', text: 'Use the new parser.'})
    const unread = () => world.hub.events.filter(({message}) => message?.includes('without having read what ada@here'))
    await world.until(() => unread().length === 1, 'it is told')
    await world.until(() => world.hub.said[0]?.expiresAt === world.clock.now(), 'the hub knows')
    first.kill()
    using _next = await world.start()
    await world.clock.advance(10_000)
    expect(unread()).toHaveLength(1)
  })

  it('that was written for a ticket is not given to the next one of its agent', async () => {
    const world = memoryWorld({routing: {max_agents: 1}}, () => {})
    for (const issue of [1, 2]) world.github.openIssue(issue)
    using daemon = await world.start()
    await daemon.api.pop({issue: 2})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    const refused = await refusal(
      daemon.api.send({to: 'agent001', text: 'Use the new parser.', meant: {ticket: 1, claim: null}}),
    )
    expect(refused).toMatchObject({code: 'no-ticket', message: 'agent001 works on #2 by now, and no longer on #1'})
    expect(world.hub.said).toEqual([])
    expect(
      (await daemon.api.send({to: 'agent001', text: 'Go on.', meant: {ticket: 2, claim: null}})).messages,
    ).toHaveLength(1)
  })

  it.each(['while the daemon runs', 'while none runs'])('that no agent read in a day is told, once: %s', async when => {
    const world = waiting()
    let daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    await daemon.api.send({to: 'agent001', text: 'Use the new parser.'})
    await daemon.api.stopAgent({agent: 'agent001'})
    await world.until(() => daemon.state().tickets[0]?.phase === 'blocked', 'it is blocked')
    const unread = () =>
      world.hub.events.flatMap(({message}) => (message?.includes('has not read in a day') ? [message] : []))
    await world.clock.advance(23 * 60 * 60_000)
    expect(unread()).toEqual([])
    if (when !== 'while the daemon runs') daemon.kill()
    await world.clock.advance(2 * 60 * 60_000)
    for (let run = 0; run < 2; run++) {
      daemon.kill()
      daemon = await world.start()
      await daemon.api.refresh({})
      await world.clock.advance(10_000)
    }
    expect(unread()).toEqual([
      'agent001 has not read in a day what ada@here said of #1, and will not: Use the new parser.',
    ])
    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.prompts.length === 2, 'it is begun again')
    world.host.say(world.host.live()[0]!.pane, 'Stop')
    await world.clock.advance(10_000)
    expect(world.host.prompts.some(({text}) => text.includes('new parser'))).toBe(false)
    daemon.kill()
  })

  it('is told as unread where its ticket was released while it was stored', async () => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    const {send} = world.hub
    world.hub.send = async message => {
      await daemon.api.reset({agent: 'agent001'})
      return await send(message)
    }
    await daemon.api.send({to: 'agent001', text: 'Use the new parser.'})
    await world.until(() => world.hub.said[0]?.expiresAt === world.clock.now(), 'the hub knows')
    expect(world.hub.events.map(({message}) => message)).toContain(
      'agent001 left #1 without having read what ada@here said: Use the new parser.',
    )
    expect(daemon.engine.state().messages).toEqual({})
  })

  it.each([
    [{to: 'agent002', text: 'x'}, 'no-ticket'],
    [{to: 'agent099', text: 'x'}, 'unknown-agent'],
    [{to: 'agent001', text: '  '}, 'bad-message'],
    [{to: 'agent001', text: 'x'.repeat(10_001)}, 'bad-message'],
  ])('is refused where it would be lost: %j', async (message, code) => {
    const world = waiting()
    using daemon = await world.start()
    await daemon.api.pop({})
    expect((await refusal(daemon.api.send(message))).code).toBe(code)
    expect(world.hub.said).toEqual([])
  })
})

it('a repair is stored as a message of the daemon', async () => {
  const world = memoryWorld()
  world.github.openIssue(1)
  using daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
  world.github.verdicts.set(world.git.branches.get(daemon.state().tickets[0]!.branch!)!, 'failed')
  await daemon.api.land({})
  await world.until(() => world.hub.said.length === 1, 'the repair is said')
  expect(world.hub.said).toMatchObject([{from: 'clambake', to: 'agent001', ticket: 1, text: 'checks failed: unit'}])
})

it('an agent sends messages under its own name, by its own mailbox', async () => {
  const world = waiting()
  world.github.openIssue(2)
  using daemon = await world.start()
  await daemon.api.route({})
  await world.until(() => world.host.prompts.length === 2, 'both are prompted')
  const speaker = world.host.live().find(({title}) => title === 'agent002')!
  world.host.say(speaker.pane, 'ClambakeSend', {to: 'agent001', text: 'I renamed the flag.', from: 'ada@here'})
  await world.until(() => world.hub.said.length === 1, 'it is heard')
  expect(world.hub.said).toMatchObject([{from: 'agent002', to: 'agent001', text: 'I renamed the flag.'}])
})
