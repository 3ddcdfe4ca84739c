import {appendFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {temporaryFolder} from '../../fixtures/repos/folder.ts'
import {memoryWorld} from './memory.ts'

const SAID_BUSY = {tool_name: 'Bash', tool_input: {command: 'npm test'}}

async function working() {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  const daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'the agent works')
  const {pane} = world.host.prompts[0]!
  const agent = () => daemon.state().agents[0]!
  return {world, daemon, pane, agent}
}

it('an agent that reports itself busy but no longer draws is shown as idle until its next signal', async () => {
  const {world, daemon, pane, agent} = await working()
  using _daemon = daemon
  world.host.say(pane, 'PreToolUse', SAID_BUSY)
  await world.clock.advance(10 * 60_000)
  expect(agent()).toMatchObject({state: 'working', activity: 'Bash'})
  world.host.silent.add(pane)
  await world.clock.advance(50_000)
  expect(agent().state).toBe('working')
  // Setting the clock forward proves nothing.
  world.clock.jump(3_600_000)
  await world.clock.advance(1_000)
  expect(agent().state).toBe('working')
  await world.clock.advance(40_000)
  expect(agent()).toMatchObject({state: 'waiting', activity: 'idle'})
  const {facts} = await daemon.api.why({subject: 'agent001'})
  expect(facts.slice(0, 4).map(({text}) => text)).toEqual([
    'waiting: idle',
    'PreToolUse: Bash npm test',
    'UserPromptSubmit: it thinks',
    'SessionStart: it is ready',
  ])
  // A message to it is delivered at once.
  await daemon.api.send({to: 'agent001', text: 'go on'})
  await world.until(() => world.host.prompts.length === 2, 'the message is delivered')
  expect(agent().state).toBe('working')
})

it('an agent that was interrupted is shown as idle within seconds, and its next signal counts', async () => {
  const {world, daemon, pane, agent} = await working()
  using _daemon = daemon
  world.host.say(pane, 'PreToolUse', SAID_BUSY)
  world.host.silent.add(pane)
  await world.clock.advance(20_000)
  expect(agent().state).toBe('working')
  world.host.hints.delete(pane)
  await world.clock.advance(5_000)
  expect(agent()).toMatchObject({state: 'waiting', activity: 'idle'})
  world.host.say(pane, 'UserPromptSubmit')
  expect(agent()).toMatchObject({state: 'working', activity: 'thinking'})
})

it('an agent whose tasks go on in the background works, however long', async () => {
  const {world, daemon, pane, agent} = await working()
  using _daemon = daemon
  world.host.say(pane, 'Stop', {background_tasks: [{id: 'b1', type: 'shell'}]})
  world.host.silent.add(pane)
  await world.clock.advance(60 * 60_000)
  expect(agent()).toMatchObject({state: 'working', doing: 'works in the background'})
})

it('a request that was refused in its own terminal is closed, and its agent waits for a prompt', async () => {
  const {world, daemon, pane, agent} = await working()
  using _daemon = daemon
  const request = world.host.ask(pane, SAID_BUSY)
  world.host.silent.add(pane)
  await world.clock.advance(60_000)
  expect(agent()).toMatchObject({state: 'waiting', asks: {id: request}})
  world.host.giveUp(request)
  world.host.hints.delete(pane)
  await world.clock.advance(6_000)
  expect(agent()).toMatchObject({state: 'waiting', activity: 'idle', asks: null})
})

it('an agent that no longer waits for the end of its limit needs a person', async () => {
  const {world, daemon, pane, agent} = await working()
  using _daemon = daemon
  world.host.silent.add(pane)
  const limited = {error: 'rate_limit', last_assistant_message: 'You hit your limit · resets 8:31pm (UTC)'}
  world.host.say(pane, 'StopFailure', limited)
  world.host.hints.set(pane, 'Continuing automatically at 8:31pm · Esc to cancel')
  await world.clock.advance(60_000)
  expect(agent()).toMatchObject({state: 'limited', activity: 'limit until 8:31pm'})
  world.host.hints.delete(pane)
  await world.clock.advance(6_000)
  expect(agent()).toMatchObject({state: 'waiting', activity: 'idle'})
  expect(daemon.state().tickets[0]?.attention).toBe('idle')
  world.host.hints.set(pane, 'Continuing automatically at 8:31pm · Esc to cancel')
  await world.clock.advance(6_000)
  expect(agent()).toMatchObject({state: 'limited', activity: 'limit until 8:31pm'})
})

it('an agent that only writes its transcript works, also for a daemon that does not know the file yet', async () => {
  using folder = temporaryFolder()
  const transcript = join(folder.path, 'session.jsonl')
  const {world, daemon, pane} = await working()
  world.host.say(pane, 'PreToolUse', {...SAID_BUSY, transcript_path: transcript})
  daemon.kill()
  using next = await world.start()
  world.host.silent.add(pane)
  for (let seconds = 0; seconds < 180; seconds += 5) {
    appendFileSync(transcript, 'a line\n')
    await world.clock.advance(5_000)
  }
  expect(next.state().agents[0]).toMatchObject({state: 'working', activity: 'Bash'})
})

it('a limited agent needs no person, is typed nothing, and continues by itself', async () => {
  const {world, daemon, pane, agent} = await working()
  using _daemon = daemon
  const message = "You've hit your session limit · resets 8:31pm (Europe/Berlin)"
  world.host.say(pane, 'StopFailure', {error: 'rate_limit', last_assistant_message: message})
  expect(agent()).toMatchObject({state: 'limited', activity: 'limit until 8:31pm'})
  expect(daemon.state().tickets[0]).toMatchObject({attention: null})
  world.host.hints.set(pane, 'Continuing automatically at 8:31pm · Esc to cancel')
  await daemon.api.send({to: 'agent001', text: 'go on'})
  world.github.openIssue(2)
  await daemon.api.refresh({})
  await expect(daemon.api.pop({})).rejects.toMatchObject({code: 'usage-limit'})
  const {facts} = await daemon.api.why({subject: '2'})
  expect(facts.map(({text}) => text)).toContain('nothing is started: agent001 is at its usage limit until 8:31pm')
  await world.clock.advance(60 * 60_000)
  expect(world.host.prompts).toHaveLength(1)
  world.host.say(pane, 'PreToolUse', SAID_BUSY)
  expect(agent()).toMatchObject({state: 'working', activity: 'Bash'})
})
