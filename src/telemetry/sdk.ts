import {context, type DiagLogger, DiagLogLevel, diag, propagation, trace} from '@opentelemetry/api'
import {OTLPTraceExporter} from '@opentelemetry/exporter-trace-otlp-http'
import {resourceFromAttributes} from '@opentelemetry/resources'
import {NodeSDK} from '@opentelemetry/sdk-node'
import {AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, RandomIdGenerator} from '@opentelemetry/sdk-trace'
import type {Log} from '../base/log.ts'
import {redact} from '../base/redact.ts'
import {redactingExporter} from './exporter.ts'
import {createPrimedIds, type IdPrimer} from './ids.ts'

/** This is the only file that loads the SDK. It is loaded only if an endpoint is configured. */

/** Spans to keep while the endpoint does not answer; later ones are dropped. */
const MAX_QUEUE = 2048
const EXPORT_MS = 3000
/** Longest time that a finished span waits to be sent. */
const BATCH_MS = 1000
/** Shortest time between two warnings, because the SDK repeats itself while the endpoint is unreachable. */
const QUIET_MS = 60_000

export type SdkOptions = {
  service: string
  version: string
  /** Base URL of the endpoint, as in OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string
  resource: Readonly<Record<string, string>>
  log: Log
  /** Milliseconds that never go back. */
  monotonic: () => number
}

export type Sdk = {ids: IdPrimer; shutdown(): Promise<void>}

/** Registers tracer, context manager and W3C propagation for the whole process. */
export function startSdk(options: SdkOptions): Sdk {
  diag.setLogger(quietly(options), {logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true})
  const ids = createPrimedIds(new RandomIdGenerator())
  const exporter = new OTLPTraceExporter({url: tracesUrl(options.endpoint), timeoutMillis: EXPORT_MS})
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceFromAttributes({
      ...options.resource,
      'service.name': options.service,
      'service.version': options.version,
    }),
    idGenerator: ids,
    sampler: new ParentBasedSampler({root: new AlwaysOnSampler()}),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: redactingExporter(exporter),
        maxQueueSize: MAX_QUEUE,
        scheduledDelayMillis: BATCH_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
    // Only traces: the SDK would also send logs and metrics by default.
    logRecordProcessors: [],
    metricReaders: [],
    instrumentations: [],
  })
  sdk.start()
  return {
    ids,
    async shutdown() {
      // Done first, so that a slow shutdown does not unregister an SDK that starts meanwhile.
      trace.disable()
      context.disable()
      propagation.disable()
      diag.disable()
      await sdk.shutdown()
    },
  }
}

/** Adds the path for traces to the base URL, unless it has it already (OTLP exporter specification). */
function tracesUrl(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '')
  return base.endsWith('/v1/traces') ? base : `${base}/v1/traces`
}

/** Logs the SDK's warnings and errors, at most once a minute. */
function quietly({log, monotonic}: SdkOptions): DiagLogger {
  let next = Number.NEGATIVE_INFINITY
  const tell = (message: string) => {
    if (monotonic() < next) return
    next = monotonic() + QUIET_MS
    log.warn('telemetry is not delivered', {reason: redact(message)})
  }
  const ignore = () => {}
  return {error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore}
}
