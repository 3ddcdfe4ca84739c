import {afterEach, expect, it} from 'vitest'
import {ClambakeError} from '../../src/base/errors.ts'
import {AGENT, type HubWorld, hubWorld} from './hub-world.ts'

let set: HubWorld
afterEach(() => set[Symbol.asyncDispose]())

const logged = async () =>
  (await set.hub.logged({instance: AGENT, limit: 100})).reverse().map(({action, detail}) => `${action} ${detail}`)

it('logs what an agent does, each file and command once a minute, also while the hub was away', async () => {
  set = await hubWorld()
  const {world} = set
  let away = true
  const refused = new ClambakeError({code: 'hub-unavailable', message: 'the hub cannot be used: gone'})
  using daemon = await world.start({fault: call => (away && call === 'sessions.log' ? {refused} : null)})
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  const {pane, cwd} = world.host.live()[0]!
  const did = (tool_name: string, tool_input: object, kind = 'PostToolUse') =>
    world.host.say(pane, kind, {tool_name, tool_input, cwd})
  for (let n = 0; n < 3; n++) did('Edit', {file_path: `${cwd}/src/a.ts`, new_string: `${n}`})
  did('Write', {file_path: '/etc/outside', content: ''})
  // Two that are the same as far as they are written down.
  for (const end of ['a', 'b']) did('Edit', {file_path: `${cwd}/${'long/'.repeat(100)}${end}`})
  did('Write', {file_path: `${cwd}/b.ts`, content: ''}, 'PostToolUseFailure')
  did('Bash', {command: 'npm test'})
  did('Bash', {command: 'docker compose up -d'}, 'PostToolUseFailure')
  expect(await logged()).toEqual([])
  away = false
  await world.clock.advance(61_000)
  did('Edit', {file_path: `${cwd}/src/a.ts`})
  world.git.commit(cwd, 'work')
  world.host.say(pane, 'Stop')
  await world.until(() => daemon.state().tickets[0]?.detail === 'bottled', 'it is bottled')
  await world.clock.advance(5000)
  const all = await logged()
  expect(all.filter(line => !line.startsWith('shutdown'))).toEqual([
    'started #1 Issue 1',
    'task_started #1 Issue 1',
    'file_modified src/a.ts',
    `file_modified ${'long/'.repeat(100).slice(0, 299)}…`,
    'docker_operation docker compose up -d',
    'file_modified src/a.ts',
    'task_completed #1 Issue 1',
  ])
  expect(all.filter(line => line.startsWith('shutdown'))).toEqual(['shutdown Clambake ended its process'])
})

it('logs how an agent ended that nobody asked to end', async () => {
  set = await hubWorld()
  const {world} = set
  using daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent is prompted')
  world.host.exit(world.host.live()[0]!.pane, {code: 143})
  await world.clock.advance(5000)
  expect((await logged()).filter(line => line.startsWith('shutdown'))[0]).toBe(
    'shutdown its process ended with exit code 143',
  )
})
