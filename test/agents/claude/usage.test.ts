import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createUsageCounter, toolDecisions, usageRecords} from '../../../src/agents/claude/usage.ts'
import {addUsage, NO_USAGE, type Usage} from '../../../src/model/data/usage.ts'

type Value = string | number
type Post = {kind: string; body: unknown}

const attributesOf = (given: Record<string, Value>) =>
  Object.entries(given).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? {stringValue: value}
        : Number.isInteger(value)
          ? {intValue: String(value)}
          : {doubleValue: value},
  }))

/** A request in the client's log. */
function request(sequence: number, change: Record<string, Value> = {}): Post {
  const given = {
    'session.id': 's1',
    'event.name': 'api_request',
    'event.timestamp': '2026-11-25T09:00:00.000Z',
    'event.sequence': sequence,
    model: 'claude-opus-4-5',
    cost_usd: 0.25,
    input_tokens: 100,
    output_tokens: 20,
    cache_read_tokens: 3000,
    cache_creation_tokens: 40,
    duration_ms: 1500,
    ...change,
  }
  return logs({body: {stringValue: 'claude_code.api_request'}, attributes: attributesOf(given)})
}

function logs(...logRecords: unknown[]): Post {
  return {kind: 'otlp-logs', body: {resourceLogs: [{scopeLogs: [{logRecords}]}]}}
}

function metric(options: {name: string; temporality: Value; value: number; start?: number; at: number}): Post {
  const {name, temporality, value, start = 1, at} = options
  const point = {startTimeUnixNano: String(start), timeUnixNano: String(at), asDouble: value, attributes: []}
  const sum = {aggregationTemporality: temporality, dataPoints: [point]}
  return {kind: 'otlp-metrics', body: {resourceMetrics: [{scopeMetrics: [{metrics: [{name, sum}]}]}]}}
}

function total(posts: readonly Post[]): Usage {
  const counter = createUsageCounter()
  return posts.map(counter.take).reduce(addUsage, NO_USAGE)
}

const ONE = {...NO_USAGE, costUsd: 0.25, input: 100, output: 20, cacheRead: 3000, cacheWrite: 40, requests: 1}

it('reads which tool call was allowed or refused', () => {
  const decided = (given: Record<string, Value>) => ({attributes: attributesOf(given)})
  const {kind, body} = logs(
    decided({'event.name': 'tool_decision', tool_use_id: 't1', decision: 'accept', tool_name: 'Bash'}),
    decided({'event.name': 'tool_result', tool_use_id: 't1'}),
    decided({'event.name': 'claude_code.tool_decision', tool_use_id: 't2', decision: 'reject'}),
  )
  const told = [
    {toolUse: 't1', allowed: true},
    {toolUse: 't2', allowed: false},
  ]
  expect(toolDecisions({kind, body})).toEqual(told)
  expect(toolDecisions({kind: 'otlp-metrics', body})).toEqual([])
})

describe('a request', () => {
  it('is read with its cost and tokens', () => {
    expect(total([request(1)])).toEqual(ONE)
  })

  it.each<[string, Record<string, Value>]>([
    ['strings', {cost_usd: '0.25', input_tokens: '100', output_tokens: '20'}],
    ['an old client without sequence', {'event.sequence': ''}],
  ])('may come with %s', (_, change) => {
    expect(total([request(1, change)])).toEqual(ONE)
  })

  it('counts once however long its names are, and only the last ones of very many are remembered', () => {
    const long = 'x'.repeat(100_000)
    expect(total([request(1, {'session.id': long}), request(1, {'session.id': long})]).requests).toBe(1)
    const record = (sequence: number) => ({
      attributes: attributesOf({'event.name': 'api_request', 'event.sequence': sequence, cost_usd: 1}),
    })
    const many = (from: number) => logs(...Array.from({length: 5000}, (_, index) => record(from + index)))
    const posts = [0, 5000, 10_000, 15_000, 20_000].map(many)
    expect(total([...posts, many(20_000)]).requests).toBe(25_000)
    expect(total([...posts, many(0)]).requests).toBe(30_000)
  })

  it('is known by its body or by its event name alone', () => {
    const given = attributesOf({cost_usd: 0.5})
    expect(total([logs({eventName: 'claude_code.api_request', attributes: given})]).costUsd).toBe(0.5)
    expect(total([logs({body: {stringValue: 'claude_code.api_request'}, attributes: given})]).costUsd).toBe(0.5)
    expect(total([logs({body: {stringValue: 'claude_code.tool_result'}, attributes: given})])).toEqual(NO_USAGE)
  })

  it('never lowers the sum, and keeps it a number', () => {
    const costs = ['NaN', 'Infinity', '-3', '', -1, 'much', 1e308, '1e308']
    expect(total(costs.map((cost_usd, index) => request(index, {cost_usd}))).costUsd).toBe(0)
  })

  it('gives the fill of the context window, by the newest request of the conversation itself', () => {
    const counter = createUsageCounter()
    expect(counter.fill()).toBeNull()
    const later = {'event.timestamp': '2026-11-25T09:05:00.000Z', model: 'opus[1m]', input_tokens: 7}
    counter.take(request(2, later))
    counter.take(request(1))
    counter.take(request(3, {...later, 'event.timestamp': '2026-11-25T09:06:00.000Z', query_source: 'agent:explore'}))
    expect(counter.fill()).toEqual({model: 'opus[1m]', tokens: 3047, at: Date.parse('2026-11-25T09:05:00Z')})
  })
})

describe('a counter', () => {
  const commits = {name: 'claude_code.commit.count'}
  it('adds up reported steps, each once', () => {
    const step = metric({...commits, temporality: 1, value: 2, at: 10})
    expect(total([step, step, metric({...commits, temporality: 1, value: 3, at: 20})]).commits).toBe(5)
  })

  it('takes the greatest of a running total, and starts over with a new process', () => {
    const told = (value: number, at: number, start = 1) =>
      metric({...commits, temporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE', value, at, start})
    expect(total([told(2, 10), told(5, 20), told(4, 15), told(1, 30, 25)]).commits).toBe(6)
  })

  it('counts lines and time as well, and no other', () => {
    const lines = metric({name: 'claude_code.lines_of_code.count', temporality: 1, value: 12, at: 1})
    const active = metric({name: 'claude_code.active_time.total', temporality: 1, value: 1.5, at: 1})
    const cost = metric({name: 'claude_code.cost.usage', temporality: 1, value: 9, at: 1})
    expect(total([lines, active, cost])).toEqual({...NO_USAGE, lines: 12, activeSeconds: 1.5})
  })
})

describe('any telemetry', () => {
  const post = fc.oneof(
    fc.record({sequence: fc.nat(9), session: fc.constantFrom('s1', 's2')}).map(({sequence, session}) =>
      // An event says the same whenever it is posted.
      request(sequence, {'session.id': session, cost_usd: (sequence + 1) / 4}),
    ),
    fc
      .record({at: fc.nat(9), temporality: fc.constantFrom(1, 2), start: fc.constantFrom(1, 2)})
      .map(({at, ...given}) => metric({name: 'claude_code.commit.count', ...given, at, value: at + given.start})),
  )

  it('comes to the same in any order and however often it is posted', () => {
    fc.assert(
      fc.property(
        fc.array(post).chain(posts =>
          fc.tuple(
            fc.constant(posts),
            fc
              .subarray(posts)
              .chain(again => fc.shuffledSubarray([...posts, ...again], {minLength: posts.length + again.length})),
          ),
        ),
        ([posts, mixed]) => {
          expect(total(mixed)).toEqual(total(posts))
        },
      ),
    )
  })

  it('of an unknown shape is skipped', () => {
    fc.assert(
      fc.property(fc.constantFrom('otlp-logs', 'otlp-metrics', 'otlp-traces', 'Stop'), fc.jsonValue(), (kind, body) => {
        expect(usageRecords({kind, body})).toEqual([])
        const inside = {resourceLogs: [{scopeLogs: [{logRecords: [body]}]}, body], resourceMetrics: body}
        expect(usageRecords({kind, body: inside})).toEqual([])
      }),
    )
  })

  it('that is malformed hides nothing beside it', () => {
    const {body} = request(1) as {body: {resourceLogs: {scopeLogs: {logRecords: unknown[]}[]}[]}}
    const [good] = body.resourceLogs[0]!.scopeLogs[0]!.logRecords
    expect(total([logs(null, 7, {attributes: 'none'}, good, {attributes: [null, {key: 1}]})])).toEqual(ONE)
  })
})

it.each(['constructor', '__proto__', 'toString'])('a metric that is called %s counts nothing', name => {
  expect(usageRecords(metric({name, temporality: 1, value: 5, at: 2}))).toEqual([])
})
