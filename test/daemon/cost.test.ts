import {randomUUID} from 'node:crypto'
import {describe, expect, it, vi} from 'vitest'
import {pastSpendingOf} from '../../src/daemon/start/past-spending.ts'
import {memoryWorld} from './memory.ts'

/** The client's log of one request, as OTLP in JSON. */
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

/** An agent on #1 that does only what the test says. */
async function atWork(config: Record<string, unknown> = {}) {
  const world = memoryWorld({routing: {max_agents: 1}, ...config})
  world.github.openIssue(1)
  world.host.play = () => {}
  const daemon = await world.start()
  await daemon.api.pop({issue: 1})
  await world.until(() => world.host.prompts.length === 1, 'it has its prompt')
  const [pane] = world.host.live()
  const tell = (sequence: number, costUsd: number) =>
    world.host.say(pane!.pane, 'otlp-logs', request(sequence, costUsd))
  return {world, daemon, tell, pane: pane!.pane}
}

describe('cost', () => {
  it("is shown beside the agent and in the day's sum, and `why` tells it", async () => {
    const {daemon, tell} = await atWork()
    expect(daemon.state().agents[0]?.ticketCost).toBeNull()
    expect(daemon.state().header.costToday).toBeNull()
    tell(1, 0.25)
    tell(2, 0.5)
    tell(2, 0.5)
    expect(daemon.state().agents[0]?.ticketCost).toBe(0.75)
    expect(daemon.state().header.costToday).toBe(0.75)
    const {facts} = await daemon.api.why({subject: 'agent001'})
    expect(facts.map(({text}) => text)).toContain(
      'it used $0.75, 2,000 tokens in 2 requests (2,000 input, 0 output, 0 cache read, 0 cache write)',
    )
  })

  it('is the same after a restart, in the middle of a turn and after it', async () => {
    const {world, daemon, tell, pane} = await atWork()
    tell(1, 0.25)
    daemon.kill()
    tell(2, 0.5)
    const second = await world.start()
    expect(second.state().agents[0]?.ticketCost).toBe(0.75)
    expect(second.state().header.costToday).toBe(0.75)
    world.host.say(pane, 'StopFailure', {error: 'limit'})
    await world.until(() => second.state().agents[0]?.state === 'waiting', 'its turn failed')
    second.kill()

    const third = await world.start()
    // Recorded usage does not count again, not even when it is posted again.
    tell(2, 0.5)
    tell(3, 1)
    expect(third.state().agents[0]?.ticketCost).toBe(1.75)
    expect(third.state().header.costToday).toBe(1.75)
  })

  it('of a ticket outlives its pane, and of a day its ticket', async () => {
    const {world, daemon, tell, pane} = await atWork()
    tell(1, 2)
    world.host.exit(pane)
    await world.until(() => world.host.live().length === 1, 'it is started again')
    daemon.kill()
    const second = await world.start()
    expect(second.state().agents[0]?.ticketCost).toBe(2)
    await world.clock.advance(24 * 3_600_000)
    expect(second.state().header.costToday).toBeNull()
    expect(second.state().agents[0]?.ticketCost).toBe(2)
  })

  it('is in the text of the pull request', async () => {
    const {world, daemon, tell, pane} = await atWork()
    const opened = vi.spyOn(world.github, 'ensurePull')
    tell(1, 2.5)
    world.git.commit(world.host.live()[0]!.cwd, 'work')
    world.host.say(pane, 'Stop')
    await world.until(() => daemon.state().header.aboard === 1, 'it is bottled')
    await daemon.api.land({})
    await world.until(() => world.github.pulls.size === 1, 'its pull request is open')
    expect(opened.mock.calls[0]?.[0].body).toContain('It used $2.50, 1,000 tokens')
  })
})

describe('a budget', () => {
  it('that is used up ends the agent, keeps its work, and is renewed by pop, also across restarts', async () => {
    const {world, daemon, tell} = await atWork({agents: {max_budget_usd: 2}})
    const rescue = vi.spyOn(world.git, 'rescue')
    tell(1, 2.03)
    const row = (now: typeof daemon) => now.state().tickets.find(({number}) => number === 1)
    const reason = 'its budget of $2.00 is used up ($2.03)'
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'its slot is free')
    expect(row(daemon)).toMatchObject({phase: 'blocked', attention: reason})
    expect(world.host.live()).toEqual([])
    await world.until(() => rescue.mock.calls.length === 1, 'its work is saved')
    expect(rescue.mock.calls[0]?.[0]).toMatchObject({reason: `agent001 stopped: ${reason}`})

    await daemon.api.pop({issue: 1})
    await world.until(() => world.host.live().length === 1, 'it continues')
    daemon.kill()
    const second = await world.start()
    expect(row(second)?.phase).toBe('working')
    world.host.say(world.host.live()[0]!.pane, 'otlp-logs', request(2, 1.9))
    expect(row(second)?.phase).toBe('working')
    expect(second.state().agents[0]?.ticketCost).toBeCloseTo(3.93)
    world.host.say(world.host.live()[0]!.pane, 'otlp-logs', request(3, 0.2))
    expect(row(second)).toMatchObject({phase: 'blocked', attention: 'its budget of $2.00 is used up ($2.10)'})
  })

  it('of a day starts nothing more, says so everywhere, and allows starts the next day', async () => {
    const {world, daemon, tell} = await atWork({agents: {max_budget_usd_per_day: 1}})
    world.github.openIssue(2)
    await daemon.api.refresh({})
    tell(1, 1.5)
    const held = "today's budget of $1.00 is used up ($1.50)"
    await world.until(() => daemon.state().agents[0]?.state === 'available', 'its slot is free')
    await expect(daemon.api.pop({issue: 2})).rejects.toMatchObject({code: 'budget-used-up'})
    await expect(daemon.api.startAgent({agent: 'agent001'})).rejects.toMatchObject({code: 'budget-used-up'})
    expect((await daemon.api.peek({limit: 5})).queue).toMatchObject([{number: 2, gate: held}])
    const {facts} = await daemon.api.why({subject: '2'})
    expect(facts.map(({text}) => text)).toContain(`nothing is started: ${held}`)
    const passing = daemon.api.pass({agents: true, timeoutMs: null})
    let report: Awaited<typeof passing> | undefined
    void passing.then(found => {
      report = found
    })
    await world.until(() => report !== undefined, 'a pass comes to its end')
    expect(report).toMatchObject({
      skipped: [{number: 2, reason: held}],
      needsHuman: [{number: 1, reason: `${held}; it continues tomorrow`}],
    })
    daemon.kill()

    const second = await world.start()
    expect(second.state().header.costToday).toBe(1.5)
    await second.api.refresh({})
    expect(world.host.live()).toEqual([])
    await world.clock.advance(24 * 3_600_000)
    await second.api.refresh({})
    await world.until(() => world.host.live().length === 1, 'it continues')
    expect(world.host.live()[0]?.meta.ticket).toBe('1')
  })
})

describe("an agent's context", () => {
  it('is reported as of its newest request, and compacted only while the agent waits for a prompt', async () => {
    const {world, daemon, tell, pane} = await atWork()
    await expect(daemon.api.context({agent: 'agent002'})).rejects.toMatchObject({code: 'unknown-agent'})
    expect(await daemon.api.context({agent: 'agent001'})).toMatchObject({agent: 'agent001', ticket: 1, fill: null})
    tell(1, 0.1)
    const fill = {model: 'opus', tokens: 1000, window: 200_000}
    expect(await daemon.api.context({agent: 'agent001'})).toMatchObject({fill})
    await expect(daemon.api.compact({agent: 'agent001'})).rejects.toMatchObject({code: 'agent-busy'})
    world.host.say(pane, 'PermissionRequest', {tool_name: 'Bash'})
    await expect(daemon.api.compact({agent: 'agent001'})).rejects.toMatchObject({
      message: expect.stringContaining('waits for an answer'),
    })
    expect(world.host.commands).toEqual([])
    world.host.say(pane, 'StopFailure', {error: 'limit'})
    let done = false
    void daemon.api.compact({agent: 'agent001'}).then(() => {
      done = true
    })
    await world.until(() => done, 'it is typed')
    expect(world.host.commands).toEqual(['/compact'])
    // The context is compacted, and the agent still waits.
    world.host.say(pane, 'SessionStart', {source: 'compact'})
    expect(daemon.state().agents[0]?.state).toBe('waiting')
  })

  it('is cleared for a new one, which gets the task and is the one that is resumed, also after a restart', async () => {
    const {world, daemon, pane} = await atWork()
    await expect(daemon.api.clear({agent: 'agent001'})).rejects.toMatchObject({code: 'agent-busy'})
    world.host.say(pane, 'StopFailure', {error: 'limit'})
    const session = randomUUID()
    world.host.obey = () => {
      world.host.say(pane, 'SessionEnd', {reason: 'clear'})
      world.host.say(pane, 'SessionStart', {source: 'clear', session_id: session})
    }
    void daemon.api.clear({agent: 'agent001'})
    await world.until(() => world.host.prompts.length === 2, 'it is prompted')
    expect(world.host.commands).toEqual(['/clear'])
    expect(world.host.prompts[1]?.text).toContain('The task again:')
    expect((await world.git.claims())[0]?.record.session).toBe(session)
    daemon.kill()
    using next = await world.start()
    world.host.exit(pane)
    await world.until(() => world.host.live().length === 1, 'it is started again')
    expect(world.host.live()[0]?.session).toBe(session)
    expect(next.state().agents[0]?.ticket).toBe(1)
  })
})

describe('past spending', () => {
  it('skips events that cannot be read, and the spending of an earlier claim of the issue', () => {
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
