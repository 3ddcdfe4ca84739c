import {type Context, createContextKey, type SpanContext} from '@opentelemetry/api'

const DURABLE = createContextKey('clambake.durable-parent')

/**
 * Sets the span that becomes the parent of other processes' spans: one that is certainly written. The active span may be
 * lost if this process dies, and its children in other processes would have no parent.
 */
export function withDurableParent(within: Context, parent: SpanContext): Context {
  return within.setValue(DURABLE, parent)
}

/** The parent for other processes' spans; undefined: the active span. */
export function durableParent(within: Context): SpanContext | undefined {
  return within.getValue(DURABLE) as SpanContext | undefined
}
