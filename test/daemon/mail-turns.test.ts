import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {SAY} from '../../src/model/data/message.ts'
import {AGENT, type HubWorld, hubWorld} from './hub-world.ts'
import {AT_ONCE, type MemoryWorld, type RunningDaemon} from './memory.ts'

const LIMIT = 3
const AGENTS = ['agent001', 'agent002']

let set: HubWorld
let world: MemoryWorld

beforeEach(async () => {
  set = await hubWorld({hub: {max_mail_turns: LIMIT}})
  world = set.world
  world.github.openIssue(2)
  const quiet = {task: '', model: '', status: 'active', host: null, process: null, session: null} as const
  await set.hub.join({id: 'agent002@/repo', project: 'acme/widgets', directory: '/', ...quiet})
})

afterEach(() => set[Symbol.asyncDispose]())

const other = (agent: string) => AGENTS.find(one => one !== agent)!
/** The prompts of a ticket with which only words of other sessions came. */
const begun = (ticket: number) =>
  world.host.prompts.filter(prompt => prompt.ticket === ticket && prompt.text.includes('What do you think?'))
const landed = () => [1, 2].every(issue => world.github.issues.get(issue)?.state === 'closed')

/** How an agent writes to the other: by the hub, or by the daemon. */
const WAYS = {
  async hub(agent: string) {
    const id = `${agent}@/repo`
    const draft = {kind: 'request', resource: null, lifeMs: null, answers: null, text: 'What do you think?'} as const
    await set.hub.send({name: id, instance: id, project: 'acme/widgets'}, {...draft, to: `${other(agent)}@/repo`})
    set.changed()
  },
  async daemon(agent: string, pane: string) {
    world.host.ask(pane, {to: other(agent), text: 'What do you think?'}, SAY)
    await Promise.resolve()
  },
}

/** Each agent commits, writes to the other, and ends its turn. */
function talkative(way: keyof typeof WAYS): void {
  world.host.play = ({pane, cwd, meta}) => {
    world.git.commit(cwd, 'work')
    // Both are at work by the time that the first one writes.
    world.clock.after(20_000, () => {
      void WAYS[way](meta.agent!, pane).then(() => world.clock.after(2000, () => world.host.say(pane, 'Stop')))
    })
  }
}

describe.each(['hub', 'daemon'] as const)('two agents that answer each other for ever by the %s', way => {
  it('get so many turns by that, a person is told once of each, and both tickets land', async () => {
    talkative(way)
    using daemon = await world.start({mode: AT_ONCE})
    await daemon.api.refresh({})
    await world.until(landed, 'both landed')
    for (const ticket of [1, 2]) expect(begun(ticket)).toHaveLength(LIMIT)
    const told = daemon.state().events.filter(({severity}) => severity === 'warning')
    for (const agent of AGENTS) {
      const words = told.filter(({message}) => message.startsWith(`other sessions began 3 turns of ${agent} in a row`))
      expect(words).toHaveLength(1)
      expect(words[0]?.message).toContain(`clambake send ${agent}`)
    }
  })

  it('get no more by a restart of the daemon', async () => {
    talkative(way)
    const first = await world.start()
    await first.api.route({})
    await world.until(() => [1, 2].every(ticket => begun(ticket).length === LIMIT - 1), 'one turn is left')
    await world.clock.advance(10)
    first.kill()
    using daemon = await world.start()
    await world.until(() => daemon.state().tickets.every(({detail}) => detail === 'bottled'), 'both are handed in')
    for (const ticket of [1, 2]) expect(begun(ticket)).toHaveLength(LIMIT)
  })
})

describe('an agent in whose ticket other sessions have begun all turns', () => {
  const pane = () => world.host.live()[0]!.pane
  const told = (text: string) => world.host.prompts.filter(prompt => prompt.text.includes(text))
  const facts = async (daemon: RunningDaemon) => (await daemon.api.why({subject: '1'})).facts.map(({text}) => text)

  /** Agent001 waits for a prompt, as its turn failed, and the session of another project has begun all its turns. */
  async function usedUp(): Promise<RunningDaemon> {
    const daemon = await world.start()
    await daemon.api.pop({})
    await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
    for (let n = 1; n <= LIMIT; n++) {
      world.host.say(pane(), 'StopFailure', {error: 'server_error'})
      await set.send({text: `Question ${n}?`})
      await world.until(() => told(`Question ${n}?`).length === 1, 'it begins a turn')
      await world.clock.advance(5000)
    }
    expect(await facts(daemon)).toContainEqual(expect.stringContaining('other sessions began 3 turns of agent001'))
    world.host.say(pane(), 'StopFailure', {error: 'server_error'})
    return daemon
  }

  it('gets what they write with the word of a person, who lets them begin turns again', async () => {
    using daemon = await usedUp()
    const mail = await set.send({text: 'One more?'})
    await world.clock.advance(5 * 60_000)
    expect(told('One more?')).toEqual([])
    expect((await set.hub.progress([mail])).get(mail.id)).toEqual({recipients: 1, handed: 0, begun: 0})
    await daemon.api.send({to: 'agent001', text: 'Answer it.'})
    await world.until(() => told('Answer it.').length === 1, 'the person is heard')
    expect(told('Answer it.')[0]?.text).toContain('> One more?')
    await world.clock.advance(5000)
    expect((await set.hub.progress([mail])).get(mail.id)).toMatchObject({handed: 1, begun: 1})
    expect(await facts(daemon)).not.toContainEqual(expect.stringContaining('other sessions began'))
    world.host.say(pane(), 'StopFailure', {error: 'server_error'})
    await set.send({text: 'And another?'})
    await world.until(() => told('And another?').length === 1, 'they begin turns again')
  })

  it('gets what they and other agents write with a prompt that it is given anyway', async () => {
    using daemon = await usedUp()
    await daemon.api.send({to: 'agent001', text: 'Go on.'})
    await world.until(() => told('Go on.').length === 1, 'the person is heard')
    for (let n = 1; n <= LIMIT; n++) {
      await set.send({text: `More ${n}?`})
      world.host.say(pane(), 'Stop')
      await world.until(() => told(`More ${n}?`).length === 1, 'it begins a turn')
    }
    await set.send({text: 'One more?'})
    const seq = world.host.ask(pane(), {to: 'agent001', text: 'And from an agent?'}, SAY)
    await world.until(() => world.host.answers.has(seq), 'its sender has an answer')
    expect(world.host.answers.get(seq)).toMatchObject({messages: [{from: 'agent001', held: true}]})
    expect(told('One more?')).toEqual([])
    // It made no commit, of which it is reminded.
    world.host.say(pane(), 'Stop')
    await world.until(() => told('One more?').length === 1, 'it is given')
    expect(told('One more?')[0]?.text).toMatch(/no commit[\s\S]*> One more\?[\s\S]*And from an agent\?/)
    await world.until(() => world.hub.said.every(({deliveredAt}) => deliveredAt !== null), 'the hub knows')
  })

  it('is given no turn for what a program writes as this user, which is no word of a person', async () => {
    using daemon = await usedUp()
    const sent = await daemon.api.send({to: 'agent001', text: 'From a script.', program: true})
    expect(sent).toMatchObject({messages: [{from: 'a program of ada@here', held: true}]})
    await world.clock.advance(60_000)
    expect(told('From a script.')).toEqual([])
    expect(await facts(daemon)).toContainEqual(expect.stringContaining('other sessions began 3 turns'))
  })

  it('is given the mail of a person, typed into the hub, at once', async () => {
    using _daemon = await usedUp()
    const draft = {to: AGENT, kind: 'info', resource: null, lifeMs: null, answers: null, text: 'By ada.'} as const
    await set.hub.send({name: 'ada@laptop', instance: null, project: null}, draft)
    set.changed()
    await world.until(() => told('By ada.').length === 1, 'it is given')
  })
})

it('mail begins no turn where the limit is 0, and no person is told of it', async () => {
  await set[Symbol.asyncDispose]()
  set = await hubWorld({hub: {max_mail_turns: 0}})
  world = set.world
  using daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  world.git.commit(world.host.live()[0]!.cwd, 'work')
  await set.send({text: 'Well?'})
  world.host.say(world.host.live()[0]!.pane, 'Stop')
  await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'the work is handed in')
  expect(world.host.prompts).toHaveLength(1)
  expect(daemon.state().events.filter(({severity}) => severity !== undefined)).toEqual([])
})
