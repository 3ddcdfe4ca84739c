import {createHash} from 'node:crypto'
import * as z from 'zod'
import {safeLine, truncate} from '../../base/text.ts'
import type {MailItem} from '../../model/data/pane.ts'
import {addUsage, type ContextFill, NO_USAGE, type Usage} from '../../model/data/usage.ts'

/**
 * Reads an agent's usage from the client's telemetry: OTLP in JSON, as posted to its mailbox. Every field may be
 * missing or of another kind; what cannot be read is skipped.
 */

/** The log event of each request to the model. */
const REQUEST = 'api_request'
/** The log event of each tool's permission, after it was given or refused. */
const DECISION = 'tool_decision'
const PREFIX = 'claude_code.'
/** `AGGREGATION_TEMPORALITY_CUMULATIVE`, as a number or by name. */
const CUMULATIVE = /^2$|CUMULATIVE/
const MODEL_WIDTH = 60
/** More tokens, dollars, lines or seconds are no figure: their sum would be no number, and every budget used up for ever. */
const MOST = 1e9
/** As many figures are remembered of a pane, the last ones: a client posts again what it posted a moment ago. */
const REMEMBERED = 20_000
/** A longer key is remembered by its hash. */
const LONGEST_KEY = 200

/** One reported figure; when it is reported again it has the same key. */
type UsageRecord =
  | {kind: 'request'; key: string; usage: Usage; fill: ContextFill | null}
  /** A step of a counter. `key` names this step, or the whole series where a running total is reported. */
  | {kind: 'counter'; key: string; counts: 'commits' | 'lines' | 'activeSeconds'; value: number; running: boolean}

const scalar = z.union([z.string(), z.number(), z.boolean()])
// An int64 is a string in OTLP's JSON, but some exporters write a number.
const value = z
  .object({stringValue: scalar.optional(), intValue: scalar.optional(), doubleValue: scalar.optional()})
  .transform(({stringValue, intValue, doubleValue}) => stringValue ?? intValue ?? doubleValue)
  .catch(undefined)
const attributes = z
  .array(z.object({key: z.string(), value}).nullable().catch(null))
  .catch([])
  .transform(list => new Map(list.flatMap(entry => (entry ? [[entry.key, entry.value] as const] : []))))
type Attributes = z.infer<typeof attributes>

const time = scalar.optional().catch(undefined)
const logRecord = z.object({
  timeUnixNano: time,
  observedTimeUnixNano: time,
  eventName: z.string().catch(''),
  body: value,
  attributes,
})
const dataPoint = z.object({
  startTimeUnixNano: time,
  timeUnixNano: time,
  asInt: time,
  asDouble: time,
  attributes,
})
const metric = z.object({
  name: z.string().catch(''),
  sum: z
    .object({aggregationTemporality: time, dataPoints: listOf(dataPoint)})
    .optional()
    .catch(undefined),
})
const logsBody = z.object({
  resourceLogs: listOf(z.object({scopeLogs: listOf(z.object({logRecords: listOf(logRecord)}))})),
})
const metricsBody = z.object({
  resourceMetrics: listOf(z.object({scopeMetrics: listOf(z.object({metrics: listOf(metric)}))})),
})

/** An array without the entries that cannot be read. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(z.unknown())
    .catch([])
    .transform(list =>
      list.flatMap((entry): z.output<Item>[] => {
        const parsed = item.safeParse(entry)
        return parsed.success ? [parsed.data] : []
      }),
    )
}

/** Reads which tool calls were allowed or refused, no matter who was asked; `toolUse` names the call. Pure. */
export function toolDecisions(item: Pick<MailItem, 'kind' | 'body'>): {toolUse: string; allowed: boolean}[] {
  return logRecords(item)
    .filter(record => isEvent(record, DECISION))
    .map(({attributes: given}) => ({
      toolUse: textOf(given, 'tool_use_id'),
      allowed: textOf(given, 'decision') === 'accept',
    }))
}

/** Reads the usage records in a post to a pane's mailbox, in their order. Pure. */
export function usageRecords(item: Pick<MailItem, 'kind' | 'body'>): UsageRecord[] {
  if (item.kind === 'otlp-logs') return logRecords(item).flatMap(requestOf)
  if (item.kind === 'otlp-metrics') {
    const parsed = metricsBody.safeParse(item.body)
    const metrics = parsed.data?.resourceMetrics.flatMap(({scopeMetrics}) =>
      scopeMetrics.flatMap(scope => scope.metrics),
    )
    return (metrics ?? []).flatMap(countersOf)
  }
  return []
}

function logRecords({kind, body}: Pick<MailItem, 'kind' | 'body'>): z.infer<typeof logRecord>[] {
  const parsed = kind === 'otlp-logs' ? logsBody.safeParse(body).data : undefined
  return parsed?.resourceLogs.flatMap(({scopeLogs}) => scopeLogs.flatMap(scope => scope.logRecords)) ?? []
}

function isEvent({eventName, body, attributes: given}: z.infer<typeof logRecord>, event: string): boolean {
  const names = [eventName, body, given.get('event.name')].map(name => String(name ?? ''))
  return names.some(name => name.replace(PREFIX, '') === event)
}

function requestOf(record: z.infer<typeof logRecord>): UsageRecord[] {
  const {attributes: given} = record
  if (!isEvent(record, REQUEST)) return []
  const at = textOf(given, 'event.timestamp') || String(record.timeUnixNano ?? record.observedTimeUnixNano ?? '')
  const usage: Usage = {
    ...NO_USAGE,
    costUsd: amount(given.get('cost_usd')),
    input: amount(given.get('input_tokens')),
    output: amount(given.get('output_tokens')),
    cacheRead: amount(given.get('cache_read_tokens')),
    cacheWrite: amount(given.get('cache_creation_tokens')),
    requests: 1,
  }
  const key = [textOf(given, 'session.id'), at, textOf(given, 'event.sequence')].join('|')
  return [{kind: 'request', key: `request ${key}`, usage, fill: fillOf(given, usage, at)}]
}

/** The fill of the agent's context window; null: the request is of a subagent or of the client itself. */
function fillOf(given: Attributes, {input, cacheRead, cacheWrite}: Usage, at: string): ContextFill | null {
  const source = textOf(given, 'query_source')
  if (source !== '' && !/main/.test(source)) return null
  const model = truncate(safeLine(textOf(given, 'model')), MODEL_WIDTH)
  return {model, tokens: input + cacheRead + cacheWrite, at: milliseconds(at)}
}

const COUNTERS: Readonly<Record<string, Extract<UsageRecord, {kind: 'counter'}>['counts']>> = {
  [`${PREFIX}commit.count`]: 'commits',
  [`${PREFIX}lines_of_code.count`]: 'lines',
  [`${PREFIX}active_time.total`]: 'activeSeconds',
}

function countersOf({name, sum}: z.infer<typeof metric>): UsageRecord[] {
  const counts = Object.hasOwn(COUNTERS, name) ? COUNTERS[name] : undefined
  if (!counts || !sum) return []
  const running = CUMULATIVE.test(String(sum.aggregationTemporality ?? ''))
  return sum.dataPoints.map(point => {
    const labels = [...point.attributes].map(pair => pair.join('=')).sort()
    const series = [name, point.startTimeUnixNano ?? '', ...labels].join('|')
    return {
      kind: 'counter',
      key: running ? series : `${series}|${point.timeUnixNano ?? ''}`,
      counts,
      value: amount(point.asInt ?? point.asDouble),
      running,
    }
  })
}

export type UsageCounter = {
  /** What the post adds to the usage counted before. */
  take(item: Pick<MailItem, 'kind' | 'body'>): Usage
  /** The context fill at the newest request so far; null: none is known. */
  fill(): ContextFill | null
}

/** Sums up one pane's telemetry: a figure that is posted twice counts once, in whatever order the posts come. */
export function createUsageCounter(): UsageCounter {
  /** The value that each key has reached. */
  const counted = new Map<string, number>()
  let newest: ContextFill | null = null

  function remember(key: string, reached: number): void {
    // What is posted again and again, as a running total, comes last again.
    counted.delete(key)
    counted.set(key, reached)
    for (const oldest of counted.keys()) {
      if (counted.size <= REMEMBERED) break
      counted.delete(oldest)
    }
  }

  function added(record: UsageRecord): Usage {
    const key = record.key.length > LONGEST_KEY ? createHash('sha256').update(record.key).digest('hex') : record.key
    const before = counted.get(key)
    if (record.kind === 'request') {
      remember(key, 1)
      if (record.fill && (newest === null || record.fill.at >= newest.at)) newest = record.fill
      return before === undefined ? record.usage : NO_USAGE
    }
    // Of a running total the greatest value counts; a step counts once.
    const value = before === undefined || record.running ? Math.max(before ?? 0, record.value) : before
    remember(key, value)
    return {...NO_USAGE, [record.counts]: value - (before ?? 0)}
  }

  return {
    take: item => usageRecords(item).map(added).reduce(addUsage, NO_USAGE),
    fill: () => newest,
  }
}

/** A number that can be added up; anything else, and what no client can mean, is 0. */
function amount(given: unknown): number {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  return typeof number === 'number' && number > 0 && number <= MOST ? number : 0
}

function textOf(given: Attributes, key: string): string {
  return String(given.get(key) ?? '')
}

/** An ISO time, or nanoseconds since 1970. */
function milliseconds(at: string): number {
  const found = /^\d+$/.test(at) ? Number(at) / 1e6 : Date.parse(at)
  return Number.isFinite(found) ? found : 0
}
