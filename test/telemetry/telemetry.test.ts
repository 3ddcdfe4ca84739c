import {trace} from '@opentelemetry/api'
import {afterEach, describe, expect, it} from 'vitest'
import {type OtlpReceiver, startOtlpReceiver} from '../../fixtures/otlp/receiver.ts'
import {silentLog} from '../../src/base/log.ts'
import {registerSecret} from '../../src/base/redact.ts'
import {startTelemetry, type Telemetry} from '../../src/telemetry/telemetry.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

async function receiver(): Promise<OtlpReceiver> {
  const sink = await startOtlpReceiver()
  open.push(sink)
  return sink
}

/** The telemetry of one process; only one may live at a time. */
function start(endpoint: string | null): Promise<Telemetry> {
  return startTelemetry({service: 'clambake-daemon', version: '1.2.3', endpoint, log: silentLog})
}

const claimedAt = '2026-01-01T10:00:00.250Z'

describe('a ticket’s trace', () => {
  it('is one connected tree although the daemon was started anew midway', async () => {
    const sink = await receiver()
    const first = await start(sink.endpoint)
    const traceparent = first.tickets.begin()
    await first.tickets.inTicket(traceparent, 'claim', {'agent.id': 'agent001'}, async () => {
      await first.tickets.inTicket(null, 'push', {}, async () => {})
    })
    await first.shutdown()

    const second = await start(sink.endpoint)
    await second.tickets.inTicket(traceparent, 'land', {'thinking.level': 'hard'}, async () => {})
    second.tickets.end({traceparent, agent: 'agent001', ticket: 7, claimedAt, attributes: {repairs: 1}})
    await second.shutdown()

    const [traceId, ...others] = sink.traceIds()
    expect(others).toEqual([])
    expect(sink.tree(traceId ?? '')).toEqual({'agent-001-workflow': [{claim: [{push: []}]}, {land: []}]})
    const root = sink.spans.find(span => span.parentSpanId === null)
    expect(`00-${root?.traceId}-${root?.spanId}-01`).toBe(traceparent)
    expect(root).toMatchObject({
      start: Date.parse(claimedAt),
      service: 'clambake-daemon',
      attributes: {'agent.id': 'agent001', 'ticket.id': 7, 'ticket.outcome': 'merged', repairs: 1},
      error: null,
    })
    expect(sink.spans.find(span => span.name === 'land')?.attributes['thinking.level']).toBe('hard')
  })

  it('keeps tickets apart that are worked on at once', async () => {
    const sink = await receiver()
    const {tickets, shutdown} = await start(sink.endpoint)
    const traces = [tickets.begin(), tickets.begin()]
    await Promise.all(
      traces.map((traceparent, index) =>
        tickets.inTicket(traceparent, `claim ${index}`, {}, async () => {
          await new Promise(resolve => setImmediate(resolve))
          await tickets.inTicket(null, `push ${index}`, {}, async () => {})
        }),
      ),
    )
    for (const [index, traceparent] of traces.entries()) {
      tickets.end({traceparent, agent: `agent00${index + 1}`, ticket: index + 1, claimedAt})
    }
    await shutdown()
    const trees = traces.map(traceparent => sink.tree(traceparent?.split('-')[1] ?? ''))
    expect(trees).toEqual([
      {'agent-001-workflow': [{'claim 0': [{'push 0': []}]}]},
      {'agent-002-workflow': [{'claim 1': [{'push 1': []}]}]},
    ])
  })

  it('shows why a ticket went to an agent, with who else was looked at', async () => {
    const sink = await receiver()
    const {tickets, shutdown} = await start(sink.endpoint)
    const traceparent = tickets.begin()
    tickets.routed({
      traceparent,
      agent: 'agent001',
      ticket: 7,
      reason: 'highest priority',
      candidates: [
        {ticket: 7, priority: 200, chosen: true, reason: 'unblocks three'},
        {ticket: 8, priority: 3, chosen: false, reason: 'blocked by #7'},
      ],
    })
    tickets.end({traceparent, agent: 'agent001', ticket: 7, claimedAt})
    await shutdown()
    const route = sink.spans.find(span => span.name === 'route')
    expect(route?.attributes).toEqual({'agent.id': 'agent001', 'ticket.id': 7, 'routing.reason': 'highest priority'})
    expect(route?.events.map(event => event.attributes)).toEqual([
      {'ticket.id': 7, 'routing.priority': 200, 'routing.chosen': true, 'routing.reason': 'unblocks three'},
      {'ticket.id': 8, 'routing.priority': 3, 'routing.chosen': false, 'routing.reason': 'blocked by #7'},
    ])
  })

  it('records a failure and throws it on', async () => {
    const sink = await receiver()
    const {tickets, shutdown} = await start(sink.endpoint)
    const traceparent = tickets.begin()
    const failure = tickets.inTicket(traceparent, 'push', {}, async () => {
      throw new Error('remote hung up')
    })
    await expect(failure).rejects.toThrow('remote hung up')
    tickets.end({traceparent, agent: 'agent001', ticket: 7, claimedAt, outcome: 'blocked'})
    await shutdown()
    expect(sink.spans.map(span => [span.name, span.error])).toEqual([
      ['push', 'remote hung up'],
      ['agent-001-workflow', 'blocked'],
    ])
  })
})

describe('the sink', () => {
  it('never sees a secret', async () => {
    using _secret = registerSecret('correct horse battery')
    const sink = await receiver()
    const {tickets, shutdown} = await start(sink.endpoint)
    const secrets = ['ghp_0123456789abcdefghijklmnopqrstuvwxyz', 'correct horse battery']
    const traceparent = tickets.begin()
    for (const secret of secrets) {
      await tickets
        .inTicket(traceparent, `call ${secret}`, {url: `https://x/${secret}`, list: [secret]}, async () => {
          trace.getActiveSpan()?.addEvent(`sent ${secret}`, {secret})
          throw new Error(`refused ${secret}`)
        })
        .catch(() => {})
    }
    await shutdown()
    expect(sink.spans).toHaveLength(2)
    for (const secret of secrets) expect(sink.raw.join('')).not.toContain(secret)
    expect(sink.spans[1]?.name).toBe('call [redacted]')
  })

  it('may never answer: spans cost no time and the end is not held up for long', async () => {
    const sink = await receiver()
    sink.mode = 'ignore'
    const {tickets, shutdown} = await start(sink.endpoint)
    const traceparent = tickets.begin()
    const begin = performance.now()
    for (let index = 0; index < 5000; index++) await tickets.inTicket(traceparent, 'work', {index}, async () => {})
    expect(performance.now() - begin).toBeLessThan(2000)
    await expect.poll(() => sink.requests, {timeout: 10_000}).toBeGreaterThan(0)
    const end = performance.now()
    await shutdown()
    expect(performance.now() - end).toBeLessThan(3000)
  })

  it.each(['refuse', 'gone'])('may be %s: work goes on', async how => {
    const sink = await receiver()
    sink.mode = 'refuse'
    if (how === 'gone') await open.pop()?.[Symbol.asyncDispose]()
    const {tickets, shutdown} = await start(sink.endpoint)
    expect(await tickets.inTicket(tickets.begin(), 'work', {}, async () => 'done')).toBe('done')
    const end = performance.now()
    await shutdown()
    expect(performance.now() - end).toBeLessThan(3000)
  })
})

it('does nothing without an endpoint', async () => {
  const {tickets, shutdown} = await start(null)
  expect(tickets.begin()).toBeNull()
  expect(await tickets.inTicket(null, 'work', {}, async () => trace.getActiveSpan())).toBeUndefined()
  tickets.end({traceparent: null, agent: 'agent001', ticket: 1, claimedAt})
  await shutdown()
})
