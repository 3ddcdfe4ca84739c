import {randomUUID} from 'node:crypto'
import {describe, expect, it, vi} from 'vitest'
import {pastSpendingOf} from '../../src/daemon/start/past-spending.ts'
import {memoryWorld} from './memory.ts'

/** What the client logs of one request, as OTLP in JSON. */
function request(sequence: number, costUsd: number): object {
  const attributes = [
    {key: 'session.id', value: {stringValue: 's'}},
    {key: 'event.name', value: {stringValue: 'api_request'}},
    {key: 'event.sequence', value: {intValue: String(sequence)}},
    {key: 'model', value: {stringValue: 'opus'}},
    {key: 'cost_usd', value: {doubleValue: costUsd}},
    {key: 'input_tokens', value: {intValue: '1000'}},
  ]
  return {resourceLogs: [{scopeLogs: [{logRecords: [{attributes}]}]}]}
}

/** An agent at #1 that does only what the test says. */
async function atWork(config: Record<string, unknown> = {}) {
  const world = memoryWorld({routing: {max_agents: 1}, ...config})
  world.github.openIssue(1)
  world.host.play = () => {}
  const life = await world.start()
  await life.api.pop({issue: 1})
  await world.until(() => world.host.prompts.length === 1, 'it has its prompt')
  const [pane] = world.host.live()
  const tell = (sequence: number, costUsd: number) =>
    world.host.say(pane!.pane, 'otlp-logs', request(sequence, costUsd))
  return {world, life, tell, pane: pane!.pane}
}

describe('cost', () => {
  it("is shown beside the agent and in the day's sum, and `why` tells it", async () => {
    const {life, tell} = await atWork()
    expect(life.state().agents[0]?.cost).toBeNull()
    expect(life.state().header.costToday).toBeNull()
    tell(1, 0.25)
    tell(2, 0.5)
    tell(2, 0.5)
    expect(life.state().agents[0]?.cost).toBe(0.75)
    expect(life.state().header.costToday).toBe(0.75)
    const {facts} = await life.api.why({subject: 'agent001'})
    expect(facts.map(({text}) => text)).toContain(
      'it used $0.75, 2,000 tokens in 2 requests (2,000 input, 0 output, 0 cache read, 0 cache write)',
    )
  })

  it('is the same in the next life, in the middle of a turn and after it', async () => {
    const {world, life, tell, pane} = await atWork()
    tell(1, 0.25)
    life.kill()
    tell(2, 0.5)
    const second = await world.start()
    expect(second.state().agents[0]?.cost).toBe(0.75)
    expect(second.state().header.costToday).toBe(0.75)
    world.host.say(pane, 'StopFailure', {error: 'limit'})
    await world.until(() => second.state().agents[0]?.state === 'waiting', 'its turn failed')
    second.kill()

    const third = await world.start()
    // What was written down already is neither counted again nor when it is posted again.
    tell(2, 0.5)
    tell(3, 1)
    expect(third.state().agents[0]?.cost).toBe(1.75)
    expect(third.state().header.costToday).toBe(1.75)
  })

  it('of a ticket outlives its pane, and of a day its ticket', async () => {
    const {world, life, tell, pane} = await atWork()
    tell(1, 2)
    world.host.exit(pane)
    await world.until(() => world.host.live().length === 1, 'it is started again')
    life.kill()
    const second = await world.start()
    expect(second.state().agents[0]?.cost).toBe(2)
    await world.clock.advance(24 * 3_600_000)
    expect(second.state().header.costToday).toBeNull()
    expect(second.state().agents[0]?.cost).toBe(2)
  })

  it('stands in the pull request', async () => {
    const {world, life, tell, pane} = await atWork()
    const opened = vi.spyOn(world.github, 'ensurePull')
    tell(1, 2.5)
    world.git.commit(world.host.live()[0]!.cwd, 'work')
    world.host.say(pane, 'Stop')
    await world.until(() => life.state().header.aboard === 1, 'it is bottled')
    await life.api.land({})
    await world.until(() => world.github.pulls.size === 1, 'its pull request is open')
    expect(opened.mock.calls[0]?.[0].body).toContain('It used $2.50, 1,000 tokens')
  })
})

describe('a budget', () => {
  it('that is used up ends the agent, keeps its work, and is given anew by pop, over restarts too', async () => {
    const {world, life, tell} = await atWork({agents: {max_budget_usd: 2}})
    const rescue = vi.spyOn(world.git, 'rescue')
    tell(1, 2.03)
    const row = (now: typeof life) => now.state().tickets.find(({number}) => number === 1)
    const reason = 'its budget of $2.00 is used up ($2.03)'
    await world.until(() => life.state().agents[0]?.state === 'available', 'its slot is free')
    expect(row(life)).toMatchObject({phase: 'blocked', attention: reason})
    expect(world.host.live()).toEqual([])
    await world.until(() => rescue.mock.calls.length === 1, 'its work is saved')
    expect(rescue.mock.calls[0]?.[0]).toMatchObject({reason: `agent001 stopped: ${reason}`})

    await life.api.pop({issue: 1})
    await world.until(() => world.host.live().length === 1, 'it goes on')
    life.kill()
    const second = await world.start()
    expect(row(second)?.phase).toBe('working')
    world.host.say(world.host.live()[0]!.pane, 'otlp-logs', request(2, 1.9))
    expect(row(second)?.phase).toBe('working')
    expect(second.state().agents[0]?.cost).toBeCloseTo(3.93)
    world.host.say(world.host.live()[0]!.pane, 'otlp-logs', request(3, 0.2))
    expect(row(second)).toMatchObject({phase: 'blocked', attention: 'its budget of $2.00 is used up ($2.10)'})
  })

  it('of a day starts nothing more, says so everywhere, and goes on the next day', async () => {
    const {world, life, tell} = await atWork({agents: {max_budget_usd_per_day: 1}})
    world.github.openIssue(2)
    await life.api.refresh({})
    tell(1, 1.5)
    const held = "today's budget of $1.00 is used up ($1.50)"
    await world.until(() => life.state().agents[0]?.state === 'available', 'its slot is free')
    await expect(life.api.pop({issue: 2})).rejects.toMatchObject({code: 'budget-used-up'})
    await expect(life.api.startAgent({agent: 'agent001'})).rejects.toMatchObject({code: 'budget-used-up'})
    expect((await life.api.peek({limit: 5})).queue).toMatchObject([{number: 2, gate: held}])
    const {facts} = await life.api.why({subject: '2'})
    expect(facts.map(({text}) => text)).toContain(`nothing is started: ${held}`)
    const passing = life.api.pass({agents: true, timeoutMs: null})
    let report: Awaited<typeof passing> | undefined
    void passing.then(found => {
      report = found
    })
    await world.until(() => report !== undefined, 'a pass comes to its end')
    expect(report).toMatchObject({
      skipped: [{number: 2, reason: held}],
      needsHuman: [{number: 1, reason: `${held}; it goes on tomorrow`}],
    })
    life.kill()

    const second = await world.start()
    expect(second.state().header.costToday).toBe(1.5)
    await second.api.refresh({})
    expect(world.host.live()).toEqual([])
    await world.clock.advance(24 * 3_600_000)
    await second.api.refresh({})
    await world.until(() => world.host.live().length === 1, 'it goes on')
    expect(world.host.live()[0]?.meta.ticket).toBe('1')
  })
})

describe("an agent's context", () => {
  it('is told as of its newest request, and shortened while it waits for a prompt only', async () => {
    const {world, life, tell, pane} = await atWork()
    await expect(life.api.context({agent: 'agent002'})).rejects.toMatchObject({code: 'unknown-agent'})
    expect(await life.api.context({agent: 'agent001'})).toEqual({agent: 'agent001', ticket: 1, fill: null})
    tell(1, 0.1)
    const fill = {model: 'opus', tokens: 1000, window: 200_000}
    expect(await life.api.context({agent: 'agent001'})).toMatchObject({fill})
    // A command of the client's own is no prompt: no UserPromptSubmit follows.
    const write = vi.spyOn(world.host, 'write').mockResolvedValue()
    await expect(life.api.compact({agent: 'agent001'})).rejects.toMatchObject({code: 'agent-busy'})
    world.host.say(pane, 'PermissionRequest', {tool_name: 'Bash'})
    await expect(life.api.compact({agent: 'agent001'})).rejects.toMatchObject({
      message: expect.stringContaining('waits for an answer'),
    })
    expect(write).not.toHaveBeenCalled()
    world.host.say(pane, 'StopFailure', {error: 'limit'})
    let done = false
    void life.api.compact({agent: 'agent001'}).then(() => {
      done = true
    })
    await world.until(() => done, 'it is typed')
    expect(write.mock.calls).toEqual([
      [pane, '/compact'],
      [pane, '\r'],
    ])
    // It has been shortened, and waits on.
    world.host.say(pane, 'SessionStart', {source: 'compact'})
    expect(life.state().agents[0]?.state).toBe('waiting')
  })

  it('is forgotten for a new one, which has the task and is the one that is resumed, also in the next life', async () => {
    const {world, life, pane} = await atWork()
    await expect(life.api.clear({agent: 'agent001'})).rejects.toMatchObject({code: 'agent-busy'})
    world.host.say(pane, 'StopFailure', {error: 'limit'})
    const session = randomUUID()
    const write = vi.spyOn(world.host, 'write').mockImplementationOnce(async (_pane, text) => {
      expect(text).toBe('/clear')
      world.host.say(pane, 'SessionEnd', {reason: 'clear'})
      world.host.say(pane, 'SessionStart', {source: 'clear', session_id: session})
    })
    write.mockResolvedValueOnce()
    void life.api.clear({agent: 'agent001'})
    await world.until(() => world.host.prompts.length === 2, 'it is told its task')
    expect(world.host.prompts[1]?.text).toContain('The task, once more:')
    expect((await world.git.claims())[0]?.record.session).toBe(session)
    life.kill()
    using next = await world.start()
    world.host.exit(pane)
    await world.until(() => world.host.live().length === 1, 'it is started again')
    expect(world.host.live()[0]?.session).toBe(session)
    expect(next.state().agents[0]?.ticket).toBe(1)
  })
})

describe('past spending', () => {
  it('passes over what is no entry, and what was spent on an earlier claim of the issue', () => {
    const entry = (at: number, costUsd: number, metadata: Record<string, string | number> = {}) => ({
      ...({type: 'custom', name: 'usage_counted', message: '', repository: 'r', seq: at, at, ticket: 7} as const),
      metadata: {pane: 'p', day: '2026-11-25', mail: at, costUsd, ...metadata},
    })
    const pastSpending = pastSpendingOf([
      entry(1, 1),
      entry(5, 2),
      entry(6, 4, {mail: 'none'}),
      entry(7, 8, {day: '2026-11-26'}),
    ])
    expect(pastSpending.usageOf(7, 5).costUsd).toBe(10)
    expect(pastSpending.usageOf(8, 0).costUsd).toBe(0)
    expect(pastSpending.costOf('2026-11-25')).toBe(3)
    expect(pastSpending.upTo('p')).toBe(7)
    expect(pastSpending.upTo('q')).toBe(0)
  })
})
