import {context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace} from '@opentelemetry/api'
import {messageOf} from '../base/errors.ts'
import {durableParent} from '../base/trace.ts'

/** Gives the active trace as a W3C traceparent; undefined when there is none. */
export function currentTrace(): string | undefined {
  const active = context.active()
  const parent = durableParent(active)
  const carrier: {traceparent?: string} = {}
  propagation.inject(parent ? trace.setSpanContext(active, parent) : active, carrier)
  return carrier.traceparent
}

/** Runs a call's handler in a span of the trace that the caller sent; without a trace, in none. */
export async function runInTrace<T>(sent: string | undefined, method: string, task: () => T): Promise<Awaited<T>> {
  if (sent === undefined) return await context.with(ROOT_CONTEXT, task)
  const within = propagation.extract(ROOT_CONTEXT, {traceparent: sent})
  return await trace
    .getTracer('clambake')
    .startActiveSpan(method, {kind: SpanKind.SERVER, attributes: {'rpc.method': method}}, within, async span => {
      try {
        return await task()
      } catch (error) {
        span.setStatus({code: SpanStatusCode.ERROR, message: messageOf(error)})
        throw error
      } finally {
        span.end()
      }
    })
}
