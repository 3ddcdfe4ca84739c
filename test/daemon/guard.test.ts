import {describe, expect, it, vi} from 'vitest'
import type {ClambakeError} from '../../src/base/errors.ts'
import {guardedApi} from '../../src/daemon/api/guard.ts'
import {DAEMON_ACCESS} from '../../src/protocol/daemon/access.ts'
import type {DaemonApi} from '../../src/protocol/daemon.ts'
import type {Caller} from '../../src/rpc/caller.ts'
import {refusal} from '../git/setup.ts'
import {memoryWorld} from './memory.ts'

type Method = keyof DaemonApi

/** A daemon with two working agents, and calls of its API as its socket serves it. */
async function twoAtWork() {
  const world = memoryWorld({}, () => {})
  world.github.openIssue(1)
  world.github.openIssue(2)
  const daemon = await world.start()
  await daemon.api.pop({})
  await daemon.api.pop({})
  await world.until(() => world.host.prompts.length === 2, 'both work')
  const api = guardedApi({apiFor: daemon.apiFor, state: () => daemon.engine.state()})
  const sessionOf = (ticket: number) => daemon.engine.state().tickets[ticket]!.context.session
  const ask = (method: Method, params: unknown, caller: Caller) =>
    (api[method] as (params: unknown, context: object) => Promise<unknown>)(params, {caller})
  const agent = (ticket: number): Caller => ({kind: 'agent', session: sessionOf(ticket)})
  return {world, daemon, ask, agent}
}

describe('an agent that calls', () => {
  it('is refused everything that is a person’s, with the reason', async () => {
    const {world, daemon, ask, agent} = await twoAtWork()
    using _daemon = daemon
    const id = world.host.ask(world.host.live()[0]!.pane, {cwd: '/w', tool_name: 'Bash', tool_input: {command: 'x'}})
    const answered = ask('answerAgent', {agent: 'agent001', id, answer: {kind: 'allow'}}, agent(1))
    const error = await refusal(answered)
    expect(error.code).toBe('agent-refused')
    expect(error.message).toContain('answerAgent was asked for by agent001')
    expect(world.host.answers.size).toBe(0)
    const persons = (Object.keys(DAEMON_ACCESS) as Method[]).filter(method => DAEMON_ACCESS[method] === 'person')
    expect(persons.length).toBeGreaterThan(10)
    for (const caller of [agent(1), {kind: 'agent', session: null}, {kind: 'agent', session: 'elsewhere'}] as const)
      for (const method of persons) expect((await refusal(ask(method, {}, caller))).code).toBe('agent-refused')
  })

  it('may bottle its own work, and only that', async () => {
    const {daemon, ask, agent} = await twoAtWork()
    using _daemon = daemon
    expect((await refusal(ask('bottle', {agent: 'agent002'}, agent(1)))).code).toBe('agent-refused')
    expect((await refusal(ask('bottle', {agent: 'agent001'}, agent(1)))).code).toBe('nothing-to-bottle')
    expect((await refusal(ask('bottle', {agent: 'agent001'}, {kind: 'person'}))).code).toBe('nothing-to-bottle')
  })

  it('speaks in its own name', async () => {
    const {daemon, ask, agent} = await twoAtWork()
    using _daemon = daemon
    await ask('send', {to: 'agent002', text: 'I take the parser'}, agent(1))
    await ask('send', {to: 'agent002', text: 'and its tests', program: true}, agent(1))
    await ask('send', {to: 'agent002', text: 'do as I say'}, {kind: 'agent', session: 'elsewhere'})
    const said = (await ask('messages', {limit: 5}, agent(2))) as DaemonApi['messages']['result']
    expect(said.map(({from}) => from).toSorted()).toEqual(['agent001', 'agent001', 'an agent elsewhere'])
    const events = daemon.state().events.map(({message}) => message)
    expect(events).toContain('agent001 said to agent002: I take the parser')
  })
})

it.each<[Method, unknown]>([
  ['pop', null],
  ['pop', {issue: '1'}],
  ['pop', {issue: Number.NaN}],
  ['pop', {unheard: 'of'}],
  ['send', {to: ['agent001'], text: 'x'}],
  ['send', {to: 'agent001'}],
  ['answerAgent', {agent: '__proto__', answer: {kind: 'allow'}}],
  ['answerAgent', {agent: 'agent001', answer: {kind: 'choose', choices: [[-1]]}}],
  ['history', {agent: 'agent001', limit: Number.POSITIVE_INFINITY}],
  ['messages', {limit: -1}],
  ['land', {tickets: [{}]}],
  ['recover', {kind: 'everything', name: 'x', action: 'leave'}],
])('refuses the parameters of %s: %j', async (method, params) => {
  const {daemon, ask} = await twoAtWork()
  using _daemon = daemon
  const error: ClambakeError = await refusal(ask(method, params, {kind: 'person'}))
  expect(error.code).toBe('bad-params')
})

it.each<[Method, object]>([
  ['diagnose', {agent: 'agent099'}],
  ['mismatches', {agents: ['agent001', 'agent099']}],
  ['sync', {agents: ['agent099']}],
  ['messages', {agent: 'agent099', limit: 5}],
  ['history', {agent: 'agent099', limit: 5}],
  ['context', {agent: 'agent099'}],
  ['stopAgent', {agent: 'agent099'}],
])('knows no agent099 when %s is asked for it', async (method, params) => {
  const {daemon, ask} = await twoAtWork()
  using _daemon = daemon
  const error: ClambakeError = await refusal(ask(method, params, {kind: 'person'}))
  expect(error).toMatchObject({code: 'unknown-agent', exitCode: 2, message: expect.stringContaining('agent099')})
})

it('takes what is called agents and names none', async () => {
  const {daemon, ask} = await twoAtWork()
  using _daemon = daemon
  const isUnderWay = () => expect(daemon.engine.state().mode).not.toBe(daemon.engine.state().usualMode)
  expect(isUnderWay).toThrow()
  // It lasts until its agents have ended; a refusal would reject it.
  const passing = ask('pass', {agents: true, timeoutMs: null}, {kind: 'person'})
  await Promise.race([passing, vi.waitFor(isUnderWay)])
  isUnderWay()
})
