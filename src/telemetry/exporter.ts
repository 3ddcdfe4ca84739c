import type {Attributes} from '@opentelemetry/api'
import type {ReadableSpan, SpanExporter} from '@opentelemetry/sdk-trace'
import {redact, redactDeep} from '../base/redact.ts'

/** Wraps an exporter so that it sends no secrets. */
export function redactingExporter(inner: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => inner.export(spans.map(redactSpan), done),
    shutdown: () => inner.shutdown(),
    forceFlush: async () => inner.forceFlush?.(),
  }
}

function redactSpan(span: ReadableSpan): ReadableSpan {
  const {message} = span.status
  return {
    name: redact(span.name),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(span.parentSpanContext ? {parentSpanContext: span.parentSpanContext} : {}),
    startTime: span.startTime,
    endTime: span.endTime,
    status: {code: span.status.code, ...(message === undefined ? {} : {message: redact(message)})},
    attributes: clean(span.attributes),
    links: span.links.map(link => ({...link, ...(link.attributes ? {attributes: clean(link.attributes)} : {})})),
    events: span.events.map(event => ({
      ...event,
      name: redact(event.name),
      ...(event.attributes ? {attributes: clean(event.attributes)} : {}),
    })),
    duration: span.duration,
    ended: span.ended,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  }
}

function clean(attributes: Attributes): Attributes {
  return redactDeep(attributes)
}
