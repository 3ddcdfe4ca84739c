import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import type {Coordination} from '../../src/hub/coordination.ts'
import type {AgentId} from '../../src/model/data/ids.ts'
import type {Draft} from '../../src/model/hub/draft.ts'
import {AGENT, type HubWorld, hubWorld} from './hub-world.ts'
import type {MemoryWorld, RunningDaemon} from './memory.ts'

const TEXT = 'The port is 8080.'
const AWAY = new ClambakeError({code: 'hub-unavailable', message: 'the hub cannot be used: gone'})

let set: HubWorld
let world: MemoryWorld
let hub: Coordination

beforeEach(async () => {
  set = await hubWorld()
  ;({world, hub} = set)
})

afterEach(() => set[Symbol.asyncDispose]())

const paneOf = () => world.host.live()[0]!.pane
const told = () => world.host.prompts.filter(({text}) => text.includes(TEXT))

const send = (change: Partial<Draft> = {}) => set.send({text: TEXT, ...change})

async function progress(mail: Awaited<ReturnType<typeof send>>) {
  return (await hub.progress([mail])).get(mail.id)
}

/** Agent001 works on #1, with a commit. */
async function atWork(daemon: RunningDaemon): Promise<void> {
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  world.git.commit(world.host.live()[0]!.cwd, 'work')
}

describe('mail of the hub', () => {
  it('begins the next turn of a busy agent, whose sender sees so, and the work is inspected after that turn', async () => {
    using daemon = await world.start()
    await atWork(daemon)
    const mail = await send()
    expect(told()).toEqual([])
    expect(await progress(mail)).toEqual({recipients: 1, handed: 0, begun: 0})
    world.host.say(paneOf(), 'Stop')
    await world.until(() => told().length === 1, 'it is given')
    expect(told()[0]?.text).toMatch(
      /Clambake gives you 1 message of the hub\.[\s\S]*> The port is 8080\.[\s\S]*Continue issue #1/,
    )
    await world.clock.advance(5000)
    expect(await progress(mail)).toEqual({recipients: 1, handed: 1, begun: 1})
    expect(daemon.state().tickets[0]).toMatchObject({phase: 'working'})
    world.host.say(paneOf(), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
    await world.clock.advance(5 * 60_000)
    expect(told()).toHaveLength(1)
  })

  it('is given at once to an agent whose turn failed', async () => {
    using daemon = await world.start()
    await atWork(daemon)
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await send()
    await world.until(() => told().length === 1, 'it is given')
  })

  it('waits while the agent asks for a permission', async () => {
    using daemon = await world.start()
    await atWork(daemon)
    world.host.say(paneOf(), 'PermissionRequest', {tool_name: 'Bash'})
    await send()
    await world.clock.advance(60_000)
    expect(told()).toEqual([])
  })

  it('waits while the input line is in use, however long, and is given when it is free', async () => {
    using daemon = await world.start()
    await atWork(daemon)
    world.host.screens.set(paneOf(), 'What do you want to do?')
    world.host.silent.add(paneOf())
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    const mail = await send()
    for (let n = 0; n < 5; n++) {
      await world.clock.advance(2 * 60_000)
      set.changed()
    }
    expect(told()).toEqual([])
    world.host.screens.delete(paneOf())
    await world.until(() => told().length === 1, 'it is given')
    await world.clock.advance(5000)
    expect(await progress(mail)).toMatchObject({begun: 1})
  })

  it('to all that is only an info costs no turn, and comes with the next prompt', async () => {
    using daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    const mail = await send({to: '@all'})
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await world.clock.advance(60_000)
    expect(told()).toEqual([])
    await daemon.api.send({to: 'agent001', text: 'Go on.'})
    await world.until(() => told().length === 1, 'it is given')
    expect(told()[0]?.text).toMatch(/> The port is 8080\.[\s\S]*Go on\./)
    await world.clock.advance(5000)
    expect(await progress(mail)).toMatchObject({begun: 1})
  })

  it('that ends what an agent asked begins a turn, and one that it does not know of does not', async () => {
    using daemon = await world.start()
    await atWork(daemon)
    const self = {name: AGENT, instance: AGENT, project: 'acme/widgets'}
    const question = {kind: 'request', text: 'Which port?', resource: null, lifeMs: null, answers: null} as const
    const asked = await hub.send(self, {...question, to: 'acme/shop'})
    const other = await hub.send({name: 'ada', instance: null, project: null}, {...question, to: 'acme/shop'})
    await send({to: '@all', kind: 'done', answers: other.id})
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await world.clock.advance(60_000)
    expect(told()).toEqual([])
    await send({to: '@all', kind: 'done', answers: asked.id})
    await world.until(() => told().length === 1, 'it is given')
  })

  it('that reached no agent before its work was handed in is seen as not given', async () => {
    using daemon = await world.start()
    await atWork(daemon)
    world.host.say(paneOf(), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
    const mail = await send()
    await world.clock.advance(60_000)
    expect(told()).toEqual([])
    expect(await progress(mail)).toMatchObject({handed: 0, begun: 0})
  })
})

it('begins a conversation with what earlier sessions keep about its task, and says it once', async () => {
  const author = {by: 'shop-1', instance: 'shop-1', session: null, ticket: null, commit: null}
  const about = {project: 'acme/widgets', type: 'gotcha', title: 'The port', text: TEXT, tags: [], files: []} as const
  await hub.memory.remember(about, author)
  await hub.memory.remember({...about, project: 'acme/shop', title: 'Elsewhere', text: 'Of another project.'}, author)
  using daemon = await world.start()
  await atWork(daemon)
  expect(told()[0]?.text).toMatch(
    /You work on issue #1[\s\S]*Memory 1, gotcha of this project[\s\S]*> The port is 8080\./,
  )
  expect(told()[0]?.text).not.toContain('Of another project.')
  await send({text: 'Go on.'})
  world.host.say(paneOf(), 'Stop')
  await world.until(() => world.host.prompts.length === 2, 'it is given')
  expect(told()).toHaveLength(1)
})

describe('mail of one session of a slot', () => {
  beforeEach(() => {
    world.config.routing.max_agents = 1
  })

  const warnings = async () =>
    (await world.hub.recent(500)).filter(({message}) => message.includes('without having read')).map(one => one.message)

  /** Agent001 hands in its work on #1 while the hub does not answer, and takes #2. */
  async function next(daemon: RunningDaemon, away: (is: boolean) => void): Promise<void> {
    world.github.openIssue(2)
    away(true)
    world.host.say(paneOf(), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
    away(false)
    await daemon.api.pop({issue: 2})
    await world.until(() => world.host.prompts.length === 2, 'the agent is prompted for #2')
  }

  function faulty() {
    const set = {away: false}
    const fault = (call: string) =>
      set.away && ['sessions.handOver', 'sessions.mail'].includes(call) ? {refused: AWAY} : null
    const away = (is: boolean) => {
      set.away = is
    }
    return {fault, away}
  }

  it('is not given to its next one, and an event and the receipt say that it is not read', async () => {
    const {fault, away} = faulty()
    using daemon = await world.start({fault})
    await atWork(daemon)
    const mail = await send()
    await next(daemon, away)
    await world.clock.advance(60_000)
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await world.clock.advance(60_000)
    expect(told()).toEqual([])
    expect(await warnings()).toEqual([`agent001 handed in #1 without having read what shop-1 said: ${TEXT}`])
    expect(await progress(mail)).toMatchObject({handed: 0, begun: 0})
    const [now] = await hub.mail({ids: [mail.id], limit: 1})
    expect(now!.expiresAt).toBeLessThanOrEqual(world.clock.now())
  })

  it('that answers what an earlier one asked is not given to the present one', async () => {
    const {fault, away} = faulty()
    using daemon = await world.start({fault})
    await atWork(daemon)
    const question = {kind: 'request', text: 'Which port?', resource: null, lifeMs: null, answers: null} as const
    const asked = await hub.send(
      {name: AGENT, instance: AGENT, project: 'acme/widgets'},
      {...question, to: 'acme/shop'},
    )
    await next(daemon, away)
    await send({kind: 'done', answers: asked.id})
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await world.clock.advance(60_000)
    expect(told()).toEqual([])
    expect(await warnings()).toHaveLength(1)
  })

  it('to all is given to each of them once', async () => {
    world.github.openIssue(2)
    using daemon = await world.start()
    await atWork(daemon)
    await send({to: '@all', kind: 'warning'})
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await world.until(() => told().length === 1, 'it is given')
    world.host.say(paneOf(), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
    await daemon.api.pop({issue: 2})
    await world.until(() => told().length === 2, 'the next session is given it with its task')
    expect(told()[1]?.text).toContain('issue #2')
    await world.clock.advance(60_000)
    world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    await world.clock.advance(60_000)
    expect(told()).toHaveLength(2)
  })

  it('waits for the same ticket while it is blocked, whatever slot takes it again', async () => {
    world.config.routing.max_agents = 2
    const {fault, away} = faulty()
    using daemon = await world.start({fault})
    await atWork(daemon)
    const agents = () => world.host.live().map(({meta}) => meta.agent)
    away(true)
    await send()
    await daemon.api.stopAgent({agent: 'agent001' as AgentId})
    await world.until(() => daemon.state().tickets[0]?.phase === 'blocked', 'it is blocked')
    away(false)
    await world.clock.advance(60_000)
    expect(await warnings()).toEqual([])
    for (const issue of [2, 3]) {
      world.github.openIssue(issue)
      await daemon.api.pop({issue})
      await world.until(() => world.host.prompts.length === issue, 'another issue is begun')
    }
    expect(agents()).toEqual(['agent002', 'agent001'])
    await daemon.api.stopAgent({agent: 'agent002' as AgentId})
    await world.clock.advance(10_000)
    expect(told()).toEqual([])
    await daemon.api.pop({issue: 1})
    await world.until(() => told().length === 1, 'it is given')
    expect(agents()).toEqual(['agent001', 'agent002'])
    expect(told()[0]?.text).toContain('#1')
  })
})

describe('mail while the hub is away', () => {
  it('is seen as not given, and the work goes on', async () => {
    let away = false
    const fault = (call: string) => (away && call.startsWith('sessions.') ? {refused: AWAY} : null)
    using daemon = await world.start({fault})
    await atWork(daemon)
    const mail = await send()
    away = true
    world.host.say(paneOf(), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
    expect(told()).toEqual([])
    expect(await progress(mail)).toMatchObject({handed: 0, begun: 0})
  })

  it('is not given twice when only its receipt could not be noted', async () => {
    let away = true
    const fault = (call: string) => (away && call === 'sessions.begun' ? {refused: AWAY} : null)
    using daemon = await world.start({fault})
    await atWork(daemon)
    const mail = await send()
    world.host.say(paneOf(), 'Stop')
    await world.until(() => told().length === 1, 'it is given')
    for (let n = 0; n < 4; n++) {
      await world.clock.advance(61_000)
      world.host.say(paneOf(), 'StopFailure', {error: 'server_error'})
    }
    expect(told()).toHaveLength(1)
    expect(await progress(mail)).toMatchObject({begun: 0})
    away = false
    await world.clock.advance(60_000)
    expect(await progress(mail)).toMatchObject({begun: 1})
    expect(told()).toHaveLength(1)
  })

  it('makes no prompt wait for long', async () => {
    const fault = (call: string) => (call === 'sessions.handOver' ? {lateMs: 60 * 60_000} : null)
    using daemon = await world.start({fault})
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  })
})

describe('a daemon that is killed while it gives mail', () => {
  it.each([
    ['sessions.handOver', 'before'],
    ['sessions.handOver', 'after'],
    ['host.write', 'before'],
    ['host.write', 'after'],
    ['sessions.begun', 'before'],
    ['sessions.begun', 'after'],
  ] as const)('at %s, %s it, loses nothing and gives nothing twice', async (at, side) => {
    let armed = false
    let writes = 0
    let killed = false
    const first = await world.start({
      watch(call, when, daemon) {
        if (!armed || call !== at || when !== side) return
        // The first writes empty the line; the last one is Enter.
        if (call === 'host.write' && ++writes < 3) return
        killed = true
        daemon.kill()
      },
    })
    await atWork(first)
    const mail = await send()
    armed = true
    world.host.say(paneOf(), 'Stop')
    await world.until(() => killed, 'it is killed')
    first.kill()
    using daemon = await world.start()
    await world.until(() => told().length > 0, 'it is given')
    await world.clock.advance(3 * 60_000)
    expect(await progress(mail)).toEqual({recipients: 1, handed: 1, begun: 1})
    expect(told()).toHaveLength(1)
    world.host.say(paneOf(), 'Stop')
    await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is bottled')
  })
})
