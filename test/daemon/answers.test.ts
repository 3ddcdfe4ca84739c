import {describe, expect, it} from 'vitest'
import type {Answer} from '../../src/model/agent/asks.ts'
import type {DaemonState} from '../../src/protocol/daemon.ts'
import {refusal} from '../git/setup.ts'
import {type MemoryWorld, memoryWorld, type RunningDaemon} from './memory.ts'

const INSTALL = {
  cwd: '/w',
  tool_name: 'Bash',
  tool_input: {command: 'npm install left-pad'},
  permission_suggestions: [
    {
      type: 'addRules',
      behavior: 'allow',
      destination: 'localSettings',
      rules: [{toolName: 'Bash', ruleContent: 'npm install:*'}],
    },
  ],
}
const QUESTION = {
  tool_name: 'AskUserQuestion',
  tool_input: {questions: [{question: 'Which?', options: [{label: 'Red'}, {label: 'Blue'}]}]},
}

/** A daemon with one working agent, which does what the test says. */
async function working(change: Record<string, unknown> = {}) {
  const world = memoryWorld(change, () => {})
  world.github.openIssue(1)
  const daemon = await world.start()
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 1, 'it works')
  return {world, daemon, pane: world.host.live()[0]!.pane}
}

const row = (daemon: {state(): DaemonState}) => daemon.state().agents[0]!
const decisionOf = ({host}: MemoryWorld, seq: number) =>
  (host.answers.get(seq) as {hookSpecificOutput: {decision: unknown}} | undefined)?.hookSpecificOutput.decision
const told = (daemon: RunningDaemon) => daemon.state().events.map(({message}) => message)

describe('what an agent asks', () => {
  it('is not answered by an answer that was meant for another ticket, even with the same number', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, INSTALL)
    const given = {agent: 'agent001', id, answer: {kind: 'allow'}} as const
    expect(await refusal(daemon.api.answerAgent({...given, meant: {ticket: 9, claim: null}}))).toMatchObject({
      code: 'no-ticket',
      message: 'agent001 works on #1 by now, and no longer on #9',
    })
    expect(world.host.answers.size).toBe(0)
    expect((await daemon.api.answerAgent({...given, meant: {ticket: 1, claim: null}})).did).toContain('npm install')
  })

  it('is allowed once when it is a plan, and the answer says so: the next plan is asked again', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const plan = {cwd: '/w', tool_name: 'ExitPlanMode', tool_input: {plan: 'Rename it.'}}
    world.host.ask(pane, plan)
    const {did} = await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'always'}})
    expect(did).toMatch(/^allowed ExitPlanMode/)
    expect(did).not.toContain('from now on')
    const id = world.host.ask(pane, plan)
    expect(row(daemon).asks).toMatchObject({id})
  })

  it('is shown with the tool, its whole input, the folder and the rule, and is in the list', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, INSTALL)
    expect(row(daemon)).toMatchObject({
      state: 'waiting',
      activity: 'asks',
      doing: 'Bash npm install left-pad',
      asks: {id, tool: 'Bash', input: 'command: npm install left-pad', directory: '/w', rule: 'Bash(npm install:*)'},
    })
    expect(daemon.state().tickets[0]?.attention).toBe('asks: Bash npm install left-pad')
    const why = await daemon.api.why({subject: 'agent001'})
    expect(why.facts[0]?.text).toBe('waiting: asks Bash npm install left-pad')
    // The client's own reminder says less and changes nothing.
    world.host.say(pane, 'Notification', {notification_type: 'permission_prompt', message: 'needs you'})
    expect(row(daemon)).toMatchObject({asks: {id}})
  })

  it.each(['PostToolUse', 'PostToolBatch', 'Stop', 'UserPromptSubmit'])('ends with the next %s', async kind => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    world.host.ask(pane, INSTALL)
    world.host.say(pane, kind)
    expect(row(daemon).asks).toBeNull()
    expect((await refusal(daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}}))).code).toBe(
      'nothing-asked',
    )
  })

  it.each([
    ['accept', 'Bash', 'npm install left-pad'],
    ['reject', 'thinking', ''],
  ])("is over when the client's log tells that it was answered there: %s", async (decision, activity, doing) => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const decided = (id: string) => {
      const given = {'event.name': 'tool_decision', decision, tool_use_id: id}
      const attributes = Object.entries(given).map(([key, stringValue]) => ({key, value: {stringValue}}))
      world.host.say(pane, 'otlp-logs', {resourceLogs: [{scopeLogs: [{logRecords: [{attributes}]}]}]})
    }
    // The same call was made before, and its log entry comes late.
    world.host.say(pane, 'PreToolUse', {...INSTALL, tool_use_id: 't0'})
    world.host.say(pane, 'PreToolUse', {...INSTALL, tool_use_id: 't1'})
    const id = world.host.ask(pane, INSTALL)
    decided('t0')
    decided('')
    expect(row(daemon)).toMatchObject({state: 'waiting', asks: {id}})
    decided('t1')
    expect(row(daemon)).toMatchObject({state: 'working', activity, doing, asks: null})
    expect((await refusal(daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}}))).code).toBe(
      'nothing-asked',
    )
  })

  it('stays open while a subagent uses its tools', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, INSTALL)
    for (const kind of ['PreToolUse', 'PostToolUse', 'PostToolBatch']) {
      world.host.say(pane, kind, {agent_id: 'helper', tool_name: 'Read'})
      expect(row(daemon)).toMatchObject({state: 'waiting', activity: 'asks', asks: {id}})
    }
    world.host.say(pane, 'PostToolUse', {tool_name: 'Bash'})
    expect(row(daemon)).toMatchObject({state: 'working', asks: null})
  })

  it('stays open while another tool of the same message begins and ends', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    world.host.say(pane, 'PreToolUse', {...INSTALL, tool_use_id: 't1'})
    const id = world.host.ask(pane, INSTALL)
    for (const kind of ['PreToolUse', 'PostToolUse']) {
      world.host.say(pane, kind, {tool_name: 'Read', tool_input: {file_path: 'README.md'}, tool_use_id: 't2'})
      expect(row(daemon)).toMatchObject({state: 'waiting', doing: 'Bash npm install left-pad', asks: {id}})
    }
    world.host.say(pane, 'UserPromptSubmit', {prompt: '<task-notification>a task ended</task-notification>'})
    expect(row(daemon)).toMatchObject({state: 'waiting', asks: {id}})
    world.host.say(pane, 'PostToolUse', {...INSTALL, tool_use_id: 't1'})
    expect(row(daemon)).toMatchObject({state: 'working', asks: null})
  })

  it('keeps its words when the client reminds of it, and is opened again when the client still shows it', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const remind = () =>
      world.host.say(pane, 'Notification', {notification_type: 'permission_prompt', message: 'needs you'})
    const id = world.host.ask(pane, INSTALL)
    remind()
    const asks = {state: 'waiting', activity: 'asks', doing: 'Bash npm install left-pad', asks: {id}}
    expect(row(daemon)).toMatchObject(asks)
    // It was taken for answered in the terminal.
    world.host.say(pane, 'PostToolBatch')
    expect(row(daemon)).toMatchObject({state: 'working', asks: null})
    remind()
    expect(row(daemon)).toMatchObject(asks)
    // The answer and the reminder cross.
    await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}})
    remind()
    expect(row(daemon)).toMatchObject({state: 'working', activity: 'Bash', asks: null})
    await world.clock.advance(5000)
    remind()
    expect(row(daemon)).toMatchObject({state: 'waiting', doing: 'needs you'})
  })

  it('does not hide a reminder of today because the clock was set back after an answer', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    world.host.ask(pane, INSTALL)
    await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}})
    world.clock.jump(-24 * 3_600_000)
    await world.clock.advance(5000)
    world.host.say(pane, 'Notification', {notification_type: 'permission_prompt', message: 'needs you'})
    expect(row(daemon)).toMatchObject({state: 'waiting', doing: 'needs you'})
  })

  it('of a subagent stays open when the agent ends its turn, until no background task is left', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, {...INSTALL, agent_id: 'helper'})
    for (const [kind, body] of [
      ['Stop', {background_tasks: [{id: 'helper'}]}],
      ['UserPromptSubmit', {}],
      ['PostToolUse', {}],
    ] as const) {
      world.host.say(pane, kind, body)
      expect(row(daemon)).toMatchObject({state: 'waiting', activity: 'asks', asks: {id}})
    }
    world.host.say(pane, 'Stop', {background_tasks: []})
    expect(row(daemon).asks).toBeNull()
    expect(row(daemon).state).not.toBe('waiting')
  })

  it('ends with its process, and when its hook no longer waits for the answer', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, INSTALL)
    world.host.giveUp(id)
    const refused = await refusal(daemon.api.answerAgent({agent: 'agent001', id, answer: {kind: 'allow'}}))
    expect(refused.code).toBe('nothing-asked')
    expect(row(daemon).asks).toBeNull()
    world.host.ask(pane, INSTALL)
    world.host.exit(pane)
    expect(row(daemon).asks).toBeNull()
  })
})

describe('an answer', () => {
  const cases: [Answer, unknown, string, string][] = [
    [{kind: 'allow'}, {behavior: 'allow'}, 'allowed Bash: npm install left-pad', 'Bash'],
    [
      {kind: 'always'},
      {behavior: 'allow', updatedPermissions: [{...INSTALL.permission_suggestions[0], destination: 'session'}]},
      'allowed from now on Bash: npm install left-pad',
      'Bash',
    ],
    [
      {kind: 'deny', message: ' use what is there '},
      {behavior: 'deny', message: 'use what is there'},
      'denied Bash: npm install left-pad (use what is there)',
      'thinking',
    ],
  ]
  it.each(cases)('%j reaches the client, and the agent continues', async (answer, decision, did, activity) => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, INSTALL)
    expect(await daemon.api.answerAgent({agent: 'agent001', id, answer})).toMatchObject({did, asks: {id}})
    expect(decisionOf(world, id)).toEqual(decision)
    expect(row(daemon)).toMatchObject({state: 'working', activity, asks: null})
    expect(daemon.state().events[0]).toMatchObject({
      type: 'status_update',
      agent: 'agent001',
      ticket: 1,
      message: `ada@here ${did}`,
    })
  })

  it('chooses an option of a question, and only one that exists', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, QUESTION)
    for (const answer of [{kind: 'choose', choices: [[3]]}, {kind: 'allow'}] as const) {
      expect(await refusal(daemon.api.answerAgent({agent: 'agent001', answer}))).toMatchObject({
        code: 'bad-answer',
        exitCode: 2,
      })
    }
    await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'choose', choices: [[2]]}})
    expect(decisionOf(world, id)).toMatchObject({behavior: 'allow', updatedInput: {answers: {'Which?': 'Blue'}}})
    expect(told(daemon)[0]).toBe('ada@here answered: Which? Blue')
  })

  it('goes only to the request that it is for, and only once', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const first = world.host.ask(pane, INSTALL)
    const second = world.host.ask(pane, {...INSTALL, tool_input: {command: 'rm -rf x'}})
    const refused = await refusal(daemon.api.answerAgent({agent: 'agent001', id: first, answer: {kind: 'allow'}}))
    expect(refused).toMatchObject({code: 'asks-other', message: expect.stringContaining('rm -rf x')})
    expect(await refusal(daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}}))).toMatchObject({
      code: 'asks-other',
      message: expect.stringContaining('agent001 has 2 open requests'),
    })
    expect(world.host.answers.size).toBe(0)
    const both = await Promise.allSettled([
      daemon.api.answerAgent({agent: 'agent001', id: second, answer: {kind: 'deny'}}),
      daemon.api.answerAgent({agent: 'agent001', id: second, answer: {kind: 'allow'}}),
    ])
    expect(both.map(({status}) => status)).toEqual(['fulfilled', 'rejected'])
    expect(decisionOf(world, second)).toEqual({behavior: 'deny'})
    // The older request still waits, and is shown now.
    expect(row(daemon)).toMatchObject({state: 'waiting', asks: {id: first}})
  })

  it('leaves the request open when the host could not take it', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    const id = world.host.ask(pane, INSTALL)
    const {answer} = world.host
    world.host.answer = async () => {
      throw new Error('away')
    }
    await expect(daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}})).rejects.toThrow('away')
    expect(row(daemon)).toMatchObject({state: 'waiting', asks: {id}})
    world.host.answer = answer
    await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'allow'}})
    expect(decisionOf(world, id)).toEqual({behavior: 'allow'})
  })

  it('of always holds for exactly the same call of this ticket, and for nothing else', async () => {
    const {world, daemon, pane} = await working()
    using _daemon = daemon
    world.host.ask(pane, INSTALL)
    await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'always'}})
    const again = world.host.ask(pane, INSTALL)
    await world.until(
      () => told(daemon)[0] === 'an earlier always allowed Bash: npm install left-pad',
      'it is recorded',
    )
    expect(decisionOf(world, again)).toEqual({behavior: 'allow'})
    expect(row(daemon)).toMatchObject({state: 'working', asks: null})
    const other = world.host.ask(pane, {...INSTALL, tool_input: {command: 'npm install right-pad'}})
    await world.clock.advance(48 * 3_600_000)
    expect(world.host.answers.has(other)).toBe(false)
    expect(row(daemon).asks?.id).toBe(other)
  })
})

it('an always outlives the daemon, and ends with its ticket', async () => {
  const {world, daemon, pane} = await working()
  world.host.ask(pane, INSTALL)
  await daemon.api.answerAgent({agent: 'agent001', answer: {kind: 'always'}})
  await world.until(() => world.permissionStore.text !== null, 'it is written down')
  expect(world.permissionStore.text).not.toContain('left-pad')
  daemon.kill()
  const held = world.host.ask(pane, INSTALL)
  using next = await world.start()
  await world.until(() => decisionOf(world, held) !== undefined, 'it is answered')
  expect(decisionOf(world, held)).toEqual({behavior: 'allow'})
  const other = world.host.ask(pane, {...INSTALL, tool_input: {command: 'npm install right-pad'}})
  expect(row(next).asks?.id).toBe(other)
  next.kill()
  world.git.claimRefs.clear()
  using _last = await world.start()
  expect(JSON.parse(world.permissionStore.text ?? '')).toEqual({version: 1, allowed: {}})
})

it('a request that was held while no daemon ran is shown by the next one', async () => {
  const {world, daemon, pane} = await working()
  daemon.kill()
  const id = world.host.ask(pane, INSTALL)
  using next = await world.start()
  expect(row(next)).toMatchObject({state: 'waiting', asks: {id, tool: 'Bash'}})
  await next.api.answerAgent({agent: 'agent001', id, answer: {kind: 'allow'}})
  expect(decisionOf(world, id)).toEqual({behavior: 'allow'})
})

describe('the lists of the configuration', () => {
  const agents = {allow: ['Bash(npm install *)'], deny: ['Bash(npm install evil)']}

  it('answer by themselves, are recorded as events, and leave the rest to a person', async () => {
    const {world, daemon, pane} = await working({agents})
    using _daemon = daemon
    const ask = (command: string) => world.host.ask(pane, {...INSTALL, tool_input: {command}})
    const good = ask('npm install left-pad')
    await world.until(() => told(daemon)[0] === 'agents.allow allowed Bash: npm install left-pad', 'it is allowed')
    expect(decisionOf(world, good)).toEqual({behavior: 'allow'})
    expect(row(daemon)).toMatchObject({state: 'working', asks: null})
    const evil = ask('npm install evil')
    await world.until(
      () => told(daemon)[0]?.startsWith('agents.deny denied Bash: npm install evil') === true,
      'it is denied',
    )
    expect(decisionOf(world, evil)).toMatchObject({behavior: 'deny', message: expect.stringContaining('configuration')})
    const other = ask('npm install left-pad && ls')
    await world.clock.advance(48 * 3_600_000)
    expect(row(daemon)).toMatchObject({state: 'waiting', asks: {id: other}})
  })

  it('answer what was held while no daemon ran', async () => {
    const {world, daemon, pane} = await working({agents})
    daemon.kill()
    const id = world.host.ask(pane, INSTALL)
    using next = await world.start()
    await world.until(() => world.host.answers.has(id) && row(next).state === 'working', 'it is allowed')
    expect(decisionOf(world, id)).toEqual({behavior: 'allow'})
  })
})
