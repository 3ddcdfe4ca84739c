import {trace} from '@opentelemetry/api'
import {type Clock, systemClock, within} from '../base/clock.ts'
import {messageOf} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
import type {Sdk} from './sdk.ts'
import {createTicketTraces, noTicketTraces, SCOPE, settle, type TicketTraces} from './tickets.ts'

/** Longest time that an unreachable endpoint delays the end of the program. */
const SHUTDOWN_MS = 2000

export type Telemetry = {
  tickets: TicketTraces
  /** Runs `task` in a child span of the active one, or in a new trace. */
  span<T>(name: string, task: () => Promise<T>): Promise<T>
  /** Sends the remaining spans, for at most two seconds. Never rejects. */
  shutdown(): Promise<void>
}

type TelemetryOptions = {
  /** `clambake-daemon`, `clambake-host`, `clambake`. */
  service: string
  version: string
  /** Base URL of an OTLP/HTTP endpoint; null: no traces, and the SDK is not loaded. */
  endpoint: string | null
  /** More attributes of this process: repository, owner. */
  resource?: Readonly<Record<string, string>>
  log: Log
  clock?: Clock
}

const off: Telemetry = {tickets: noTicketTraces, span: (_name, task) => task(), shutdown: async () => {}}

/**
 * Starts tracing for this process: spans of `@opentelemetry/api` go to the endpoint in batches, redacted, without blocking
 * other work. Never rejects: if it fails, work continues without traces.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const {endpoint, log, clock = systemClock} = options
  if (endpoint === null) return off
  let sdk: Sdk
  try {
    const {startSdk} = await import('./sdk.ts')
    sdk = startSdk({...options, endpoint, resource: options.resource ?? {}, monotonic: clock.monotonic})
  } catch (error) {
    log.error('telemetry could not be started', {endpoint, reason: messageOf(error)})
    return off
  }
  return {
    tickets: createTicketTraces(sdk.ids),
    span: (name, task) => trace.getTracer(SCOPE).startActiveSpan(name, span => settle(span, task)),
    async shutdown() {
      const done = sdk.shutdown().then(() => undefined, messageOf)
      const trouble = await within(SHUTDOWN_MS, done, clock)
      const reason = trouble === null ? 'the endpoint did not answer in time' : trouble
      if (reason !== undefined) log.warn('the last traces were not delivered', {endpoint, reason})
    },
  }
}
