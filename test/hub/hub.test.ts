import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {createFakeClock} from '../../fixtures/clock/clock.ts'
import {startOtlpReceiver} from '../../fixtures/otlp/receiver.ts'
import {silentLog} from '../../src/base/log.ts'
import {registerSecret} from '../../src/base/redact.ts'
import type {NewEvent, StoredEvent} from '../../src/model/data/event.ts'
import {startTelemetry} from '../../src/telemetry/telemetry.ts'
import {type TestHubs, testHubs} from './open.ts'

let hubs: TestHubs
beforeEach(() => {
  hubs = testHubs()
})
afterEach(() => hubs[Symbol.asyncDispose]())

const started = (ticket: number, agent = 'agent001'): NewEvent => ({
  type: 'task_started',
  message: `began #${ticket}`,
  ticket,
  agent,
})

describe('events', () => {
  it('come back as they were, in their order, also to the next process', async () => {
    const clock = createFakeClock({now: 1_700_000_000_000})
    const hub = await hubs.open({clock})
    const full: NewEvent = {
      type: 'custom',
      name: 'limit_reached',
      message: 'waits until 15:00 ☕',
      role: 'implementor',
      agent: 'agent002',
      ticket: 9,
      taskId: 'T1',
      commit: 'abc',
      severity: 'warning',
      metadata: {until: '15:00', tries: [1, 2, {deep: null}]},
      traceId: 'f'.repeat(32),
    }
    hub.append(started(7))
    hub.append(full)
    await hub.flush()
    const place = {at: 1_700_000_000_000, repository: 'acme/widgets'}
    const expected = [
      {...started(7), seq: 1, ...place},
      {...full, seq: 2, ...place},
    ]
    expect(await hub.recent(10)).toEqual(expected)
    await hub[Symbol.asyncDispose]()
    expect(await (await hubs.open()).recent(10)).toEqual(expected)
  })

  it('are found by ticket, by agent, and from a number on', async () => {
    const hub = await hubs.open()
    for (const event of [started(1), started(2), started(1, 'agent002'), started(3)]) hub.append(event)
    await hub.flush()
    const seqs = (events: readonly StoredEvent[]) => events.map(event => event.seq)
    expect(seqs(await hub.recent(2))).toEqual([3, 4])
    expect(seqs(await hub.events({ticket: 1, limit: 10}))).toEqual([1, 3])
    expect(seqs(await hub.events({ticket: 1, agent: 'agent002', limit: 10}))).toEqual([3])
    expect(seqs(await hub.events({after: 1, limit: 2}))).toEqual([2, 3])
    hub.append({type: 'custom', name: 'usage_counted', message: 'm', ticket: 1})
    await hub.flush()
    expect(seqs(await hub.history({name: 'usage_counted', limit: 10}))).toEqual([5])
  })

  it('of another repository in the same file are not seen', async () => {
    const [one, other] = [await hubs.open(), await hubs.open({repository: 'acme/gadgets'})]
    one.append(started(1))
    other.append(started(2))
    await Promise.all([one.flush(), other.flush()])
    expect((await one.recent(10)).map(event => event.ticket)).toEqual([1])
    expect((await other.recent(10)).map(event => event.ticket)).toEqual([2])
  })

  it('are read by each process, whichever appended them', async () => {
    const [here, there] = [await hubs.open(), await hubs.open()]
    here.append(started(1))
    await here.flush()
    there.append(started(2))
    await there.flush()
    here.append(started(3))
    await here.flush()
    expect((await here.events({after: 1, limit: 10})).map(event => event.ticket)).toEqual([2, 3])
    expect((await there.events({after: 1, limit: 10})).map(event => event.ticket)).toEqual([2, 3])
  })

  it('hold no secret', async () => {
    using _secret = registerSecret('opensesame!')
    const hub = await hubs.open()
    const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz'
    hub.append({...started(1), message: `used ${token} and opensesame!`, metadata: {password: 'x', url: token}})
    await hub.flush()
    const [event] = await hub.recent(1)
    expect(event).toMatchObject({
      message: 'used ghp_[redacted] and [redacted]',
      metadata: {password: '[redacted]', url: 'ghp_[redacted]'},
    })
  })

  it('carry the trace that they happened in', async () => {
    await using sink = await startOtlpReceiver()
    const telemetry = await startTelemetry({service: 'test', version: '1', endpoint: sink.endpoint, log: silentLog})
    const hub = await hubs.open()
    const traceparent = telemetry.tickets.begin()
    await telemetry.tickets.inTicket(traceparent, 'claim', {}, async () => hub.append(started(1)))
    await hub.flush()
    await telemetry.shutdown()
    expect((await hub.recent(1))[0]?.traceId).toBe(traceparent?.split('-')[1])
  })

  it('that are no events are refused, and nobody is disturbed', async () => {
    const refused: unknown[] = []
    const hub = await hubs.open({log: {...silentLog, error: (message, fields) => refused.push([message, fields])}})
    // @ts-expect-error a caller without types
    hub.append({type: 'sneeze', message: 'hatschi'})
    // @ts-expect-error what JSON cannot hold
    hub.append({...started(1), metadata: {when: () => {}}})
    hub.append(started(2))
    await hub.flush()
    expect((await hub.recent(10)).map(event => event.ticket)).toEqual([2])
    expect(refused).toHaveLength(2)
  })
})

describe('instances', () => {
  const agent = {
    id: 'i1',
    project: 'acme/widgets',
    directory: '/w',
    task: '#7',
    model: 'opus',
    status: 'busy',
  } as const

  const {project: _, ...said} = agent
  const own = {...said, pid: null}

  it('register by id, change, and leave', async () => {
    const clock = createFakeClock()
    const hub = await hubs.open({clock})
    await hub.register(own)
    await clock.advance(1000)
    await hub.register({...own, status: 'idle'})
    expect(await hub.instances()).toEqual([{...agent, status: 'idle', heartbeatAt: clock.now()}])
    await hub.deregister('i1')
    expect(await hub.instances()).toEqual([])
  })

  it('are gone when nothing was heard of them for half an hour', async () => {
    const clock = createFakeClock()
    const hub = await hubs.open({clock})
    await hub.register(own)
    await clock.advance(30 * 60_000)
    expect(await hub.instances()).toHaveLength(1)
    await clock.advance(1)
    expect(await hub.instances()).toEqual([])
  })
})

it('tells of what another wrote right after its first look', async () => {
  let told = 0
  const other = await hubs.open()
  await other.sessions.seen()
  const own = await hubs.open({onChange: () => told++})
  await own.watch()
  await own.sessions.seen()
  const peer = {project: 'p', directory: '/', task: '', model: '', status: 'idle' as const, host: null, process: null}
  await other.sessions.join({...peer, id: 'p-1', session: null})
  await expect.poll(() => told, {timeout: 5000}).toBeGreaterThan(0)
})
