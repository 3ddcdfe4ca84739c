import {expect, it} from 'vitest'
import {memoryWorld} from './memory.ts'

/** Two agents at work, whose radar says that both change a.ts. */
async function working(change: Record<string, unknown>) {
  const world = memoryWorld({...change, routing: {max_agents: 2}}, () => {})
  for (const issue of [1, 2]) world.github.openIssue(issue)
  const daemon = await world.start()
  for (const issue of [1, 2]) await daemon.api.pop({issue})
  await world.until(() => daemon.state().sides.length === 2, 'the radar has looked')
  const pane = world.host.live().find(({meta}) => meta.ticket === '1')!
  const post = (file: string, more: object = {}) => ({
    tool_name: 'Edit',
    tool_input: {file_path: `${pane.cwd}/${file}`, ...more},
    cwd: pane.cwd,
  })
  const ask = async (file: string, more?: object) => {
    const seq = world.host.ask(pane.pane, post(file, more), 'BeforeEdit')
    await world.clock.advance(0)
    return world.host.answers.get(seq) as {hookSpecificOutput?: Record<string, string>} | undefined
  }
  return {world, daemon, pane: pane.pane, ask, post}
}

it('warns an agent once before it edits a file that another side changes', async () => {
  const {daemon, ask} = await working({radar: {before_edit: 'warn'}})
  using _daemon = daemon
  expect(await ask('b.ts')).toEqual({})
  expect(await ask('a.ts')).toEqual({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      additionalContext: expect.stringMatching(/^#2 has changed a\.ts too, .* Keep your change there as small as/),
    },
  })
  expect(await ask('a.ts', {new_string: 'more'})).toEqual({})
})

it('asks a person until the edit was made, tells why, and no rule answers in their place', async () => {
  const {world, daemon, pane, ask, post} = await working({radar: {before_edit: 'ask'}, agents: {allow: ['Edit']}})
  using _daemon = daemon
  const asks = {
    hookSpecificOutput: {permissionDecision: 'ask', permissionDecisionReason: expect.stringContaining('#2')},
  }
  expect(await ask('a.ts')).toMatchObject(asks)
  const id = world.host.ask(pane, post('a.ts'))
  const row = () => daemon.state().agents.find(({ticket}) => ticket === 1)
  expect(row()).toMatchObject({asks: {id, input: expect.stringMatching(/^asked because: #2 has changed a\.ts too/)}})
  await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'deny'}})
  expect(await ask('a.ts'), 'once more').toMatchObject(asks)
  world.host.say(pane, 'PostToolUse', post('a.ts'))
  expect(await ask('a.ts')).toEqual({})
  // A call that nobody objected to is allowed by the rules as ever.
  const other = world.host.ask(pane, post('b.ts'))
  await world.clock.advance(0)
  expect(world.host.answers.get(other)).toMatchObject({hookSpecificOutput: {decision: {behavior: 'allow'}}})
})

it('says nothing where it is off, and asks a person for what it looked at before it was started again', async () => {
  const off = await working({})
  expect(await off.ask('a.ts')).toEqual({})
  off.daemon.kill()
  const {world, daemon, pane, ask, post} = await working({radar: {before_edit: 'ask'}, agents: {allow: ['Edit']}})
  await ask('a.ts')
  daemon.kill()
  const id = world.host.ask(pane, post('a.ts'))
  using later = await world.start()
  await world.clock.advance(1000)
  expect(world.host.answers.has(id)).toBe(false)
  expect(later.state().agents.find(({ticket}) => ticket === 1)).toMatchObject({asks: {id}})
})
