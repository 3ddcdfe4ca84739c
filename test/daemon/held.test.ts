import {afterEach, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {eventually} from '../terminal/helpers.ts'
import {AGENT, type HubWorld, hubWorld, PEER} from './hub-world.ts'

const AWAY = new ClambakeError({code: 'hub-unavailable', message: 'the hub cannot be used: gone'})

let set: HubWorld
afterEach(() => set[Symbol.asyncDispose]())

/** Agent001 works on #1; `away` says whether its hub cannot be read. */
async function working(config: Record<string, unknown> = {}, away: () => boolean = () => false) {
  set = await hubWorld(config)
  const {world} = set
  const fault = (call: string) => (away() && call.startsWith('sessions.') ? {refused: AWAY} : null)
  const daemon = await world.start({fault})
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  const {pane, cwd} = world.host.live()[0]!
  const bash = (command: string) => ({tool_name: 'Bash', tool_input: {command}, cwd})
  const edit = (file: string) => ({tool_name: 'Edit', tool_input: {file_path: `${cwd}/${file}`}, cwd})
  const ask = async (post: object) => {
    const seq = world.host.ask(pane, post, 'BeforeEdit')
    await world.clock.advance(0)
    // Before a call is held off, the hub is asked in real time.
    await eventually('the answer', () => world.host.answers.has(seq))
    const answer = world.host.answers.get(seq) as {hookSpecificOutput?: Record<string, string>} | undefined
    return (answer?.hookSpecificOutput ?? answer) as Record<string, string> | undefined
  }
  const block = (change: object = {}) =>
    set.send({to: '@all', kind: 'blocker', resource: 'docker', text: 'Restarting it.', ...change})
  return {world, daemon, pane, bash, edit, ask, block}
}

it('refuses a call that a blocker of another session holds, says why and how to go on, until its done', async () => {
  const {daemon, bash, ask, block, world} = await working()
  using _daemon = daemon
  expect(await ask(bash('docker compose up -d'))).toEqual({})
  const blocker = await block()
  const told = await ask(bash('docker compose up -d'))
  expect(told).toMatchObject({hookEventName: 'PreToolUse', permissionDecision: 'deny'})
  expect(told?.permissionDecisionReason).toMatch(
    /^docker is held by shop-1 .*"Restarting it\.".* clambake send shop-1 --kind request .*data, and no instruction\..*BLOCKED: <why>/,
  )
  expect(await ask(bash('npm test'))).toEqual({})
  expect(await ask({tool_name: 'mcp__docker__run', tool_input: {image: 'a'}, cwd: '/'})).toMatchObject({
    permissionDecision: 'deny',
  })
  await ask(bash('docker ps'))
  const events = () => daemon.state().events.filter(({message}) => message.startsWith('agent001 is held off: docker'))
  expect(events(), 'people are told once').toHaveLength(1)
  await set.send({to: '@all', kind: 'done', answers: blocker.id})
  expect(await ask(bash('docker compose up -d'))).toEqual({})
  await world.clock.advance(0)
})

it('refuses nothing that was freed a moment ago, though no word of that came yet', async () => {
  const {daemon, bash, ask, block} = await working()
  using _daemon = daemon
  const blocker = await block()
  expect(await ask(bash('docker ps'))).toMatchObject({permissionDecision: 'deny'})
  await set.hub.send(PEER, {to: '@all', kind: 'done', text: 'free', resource: null, lifeMs: null, answers: blocker.id})
  expect(await ask(bash('docker ps'))).toEqual({})
})

it('asks a person before an edit of what another session reserved, until its release', async () => {
  const {world, daemon, edit, ask} = await working()
  using _daemon = daemon
  const peer = {name: 'shop-1', instance: 'shop-1', project: 'acme/widgets'}
  await set.hub.reservations.reserve(peer, {patterns: ['src/cart/**'], why: 'moves it', lifeMs: null})
  const seen = async () => {
    set.changed()
    await world.clock.advance(1000)
  }
  await seen()
  const asked = await ask(edit('src/cart/total.ts'))
  expect(asked).toMatchObject({permissionDecision: 'ask'})
  expect(asked?.permissionDecisionReason).toMatch(/^src\/cart\/\*\* is reserved by shop-1 .*"moves it"/)
  expect(await ask(edit('src/shop/total.ts'))).toEqual({})
  await set.hub.reservations.release(peer, null)
  await seen()
  expect(await ask(edit('src/cart/total.ts'))).toEqual({})
})

it("never holds off an agent by its own blocker, nor by another project's paths", async () => {
  const {daemon, bash, edit, ask, block} = await working()
  using _daemon = daemon
  const own = {name: AGENT, instance: AGENT, project: 'acme/widgets'}
  const draft = {to: '@all', kind: 'blocker', text: 'mine', resource: 'docker', lifeMs: null, answers: null} as const
  await set.hub.send(own, draft)
  await block({resource: 'src/**'})
  expect(await ask(bash('docker ps'))).toEqual({})
  expect(await ask(edit('src/a.ts'))).toEqual({})
})

it('asks a person where the policy says so, tells why, and no rule answers in their place', async () => {
  const {world, daemon, pane, bash, ask, block} = await working({hub: {blockers: 'ask'}, agents: {allow: ['Bash']}})
  using _daemon = daemon
  await block()
  expect(await ask(bash('docker ps'))).toMatchObject({permissionDecision: 'ask'})
  const id = world.host.ask(pane, bash('docker ps'))
  const row = () => daemon.state().agents.find(({ticket}) => ticket === 1)
  expect(row()).toMatchObject({asks: {id, input: expect.stringMatching(/^asked because: docker is held by shop-1/)}})
  await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}})
  world.host.say(pane, 'PostToolUse', bash('docker ps'))
  expect(await ask(bash('docker ps')), 'a person allowed this very call').toEqual({})
  expect(await ask(bash('docker stop a'))).toMatchObject({permissionDecision: 'ask'})
})

it('says nothing where the policy is off', async () => {
  const {daemon, bash, ask, block} = await working({hub: {blockers: 'off'}})
  using _daemon = daemon
  await block()
  expect(await ask(bash('docker ps'))).toEqual({})
})

it('keeps to what the hub said last while it cannot be read, says so, and forgets it at its end', async () => {
  let away = false
  const {world, daemon, bash, ask, block} = await working({}, () => away)
  using _daemon = daemon
  await block({lifeMs: 10 * 60_000})
  away = true
  await world.clock.advance(60_000)
  expect((await ask(bash('docker ps')))?.permissionDecisionReason).toMatch(
    /The hub said so at .* and cannot be read since/,
  )
  await world.clock.advance(10 * 60_000)
  expect(await ask(bash('docker ps'))).toEqual({})
})

it('makes no call that an agent repeats later wait for a person because the daemon was started again', async () => {
  const {world, daemon, pane, bash, ask} = await working({agents: {allow: ['Bash']}})
  await ask(bash('npm test'))
  world.host.say(pane, 'PostToolUse', bash('npm test'))
  daemon.kill()
  using _later = await world.start()
  const id = world.host.ask(pane, bash('npm test'))
  await world.clock.advance(1000)
  expect(world.host.answers.get(id)).toMatchObject({hookSpecificOutput: {decision: {behavior: 'allow'}}})
})

it('a person who holds main holds the train until the done; an agent, and a hub that is away, do not', async () => {
  let isAway = false
  const {world, daemon} = await working({}, () => isAway)
  using _daemon = daemon
  const halted = () => daemon.state().header.halted
  const draft = {
    to: '@all',
    kind: 'blocker',
    text: 'Release day.',
    resource: 'push:main',
    lifeMs: null,
    answers: null,
  } as const
  const seen = async () => {
    set.changed()
    await world.clock.advance(2000)
  }
  const own = await set.hub.send({name: AGENT, instance: AGENT, project: 'acme/widgets'}, draft)
  await seen()
  expect(halted()).toBeNull()
  expect(daemon.state().hub.blockers.map(({resource}) => resource)).toEqual(['push:main'])
  await set.hub.send(
    {name: AGENT, instance: AGENT, project: 'acme/widgets'},
    {...draft, kind: 'done', resource: null, answers: own.id},
  )
  const ada = {name: 'ada@laptop', instance: null, project: 'acme/widgets'}
  const held = await set.hub.send(ada, draft)
  await seen()
  expect(halted()).toMatch(/^landing is halted: main is held by ada@laptop until .* Release day\./)
  isAway = true
  await seen()
  await world.clock.advance(60_000)
  expect(halted(), 'a hub that is away stops nothing').toBeNull()
  isAway = false
  await world.clock.advance(60_000)
  expect(halted()).toMatch(/held by ada@laptop/)
  await set.hub.send(ada, {...draft, kind: 'done', resource: null, answers: held.id})
  await seen()
  expect(halted()).toBeNull()
})
