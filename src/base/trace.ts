import {type Context, createContextKey, type SpanContext} from '@opentelemetry/api'

const DURABLE = createContextKey('clambake.durable-parent')

/**
 * Names the span below which other processes put theirs: one that is written for sure. The active span may die with
 * this process before it is sent, and its children elsewhere would hang on nothing.
 */
export function withDurableParent(within: Context, parent: SpanContext): Context {
  return within.setValue(DURABLE, parent)
}

/** undefined: the active span is as good as any. */
export function durableParent(within: Context): SpanContext | undefined {
  return within.getValue(DURABLE) as SpanContext | undefined
}
