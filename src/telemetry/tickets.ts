import {randomBytes} from 'node:crypto'
import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import {messageOf} from '../base/errors.ts'
import {withDurableParent} from '../base/trace.ts'
import type {IdPrimer} from './ids.ts'

/** Name under which our spans are told from those of libraries. */
export const SCOPE = 'clambake'

export type RoutingCandidate = {ticket: number; priority: number; chosen: boolean; reason: string}

/**
 * One trace for each ticket, from its claim to its merge. Its root span's ids are made by `begin` and kept in the
 * claim as a W3C traceparent; every part of the work is a child of it, in whatever process and after whatever
 * restart; `end` writes the root span itself. Without telemetry nothing of this costs anything.
 */
export type TicketTraces = {
  /** A new trace's traceparent; null without telemetry. */
  begin(): string | null
  /**
   * Runs `task` in a span of the ticket's trace; a failure is recorded and thrown on. Spans of other processes that it
   * calls hang on the root, which outlives a kill of this one.
   */
  inTicket<T>(traceparent: string | null, name: string, attributes: Attributes, task: () => Promise<T>): Promise<T>
  /** Records a span that began before its trace was known: that of the claim. `startedAt` is epoch milliseconds. */
  record(span: {traceparent: string; name: string; startedAt: number; attributes: Attributes}): void
  /**
   * Records how a ticket came to its agent: a span with an event for each candidate and the reason, linked to the
   * command that asked for it.
   */
  routed(decision: {
    traceparent: string | null
    agent: string
    ticket: number
    reason: string
    candidates: readonly RoutingCandidate[]
    attributes?: Attributes
  }): void
  /** Writes the root span `agent-{id}-workflow`, from the claim until now. Call it once, when the ticket is done. */
  end(ticket: {
    traceparent: string | null
    agent: string
    ticket: number
    /** ISO time. */
    claimedAt: string
    /** How it ended; default: merged. Anything else marks the span as an error. */
    outcome?: string
    attributes?: Attributes
  }): void
}

/** What stands in for ticket traces when no endpoint is configured. */
export const noTicketTraces: TicketTraces = {
  begin: () => null,
  inTicket: (_traceparent, _name, _attributes, task) => task(),
  record() {},
  routed() {},
  end() {},
}

export function createTicketTraces(ids: IdPrimer): TicketTraces {
  const tracer = trace.getTracer(SCOPE)
  return {
    begin: () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
    inTicket(traceparent, name, attributes, task) {
      const within = contextOf(traceparent)
      return tracer.startActiveSpan(name, {attributes}, within, span => settle(span, task))
    },
    record({traceparent, name, startedAt, attributes}) {
      tracer.startSpan(name, {attributes, startTime: new Date(startedAt)}, contextOf(traceparent)).end()
    },
    routed({traceparent, agent, ticket, reason, candidates, attributes}) {
      const asked = trace.getSpanContext(context.active())
      const span = tracer.startSpan(
        'route',
        {
          attributes: {...attributes, 'agent.id': agent, 'ticket.id': ticket, 'routing.reason': reason},
          links: asked ? [{context: asked}] : [],
        },
        contextOf(traceparent),
      )
      for (const {ticket: id, priority, chosen, reason: why} of candidates) {
        span.addEvent('candidate', {
          'ticket.id': id,
          'routing.priority': priority,
          'routing.chosen': chosen,
          'routing.reason': why,
        })
      }
      span.end()
    },
    end({traceparent, agent, ticket, claimedAt, outcome = 'merged', attributes}) {
      const root = parseTraceparent(traceparent)
      if (!root) return
      ids.prime(root)
      const span = tracer.startSpan(
        `${agent.replace(/^agent-?/, 'agent-')}-workflow`,
        {
          root: true,
          startTime: new Date(claimedAt),
          attributes: {...attributes, 'agent.id': agent, 'ticket.id': ticket, 'ticket.outcome': outcome},
        },
        ROOT_CONTEXT,
      )
      if (outcome !== 'merged') span.setStatus({code: SpanStatusCode.ERROR, message: outcome})
      span.end()
    },
  }
}

/** The ids in a W3C traceparent (https://www.w3.org/TR/trace-context/); undefined when it is none. */
export function parseTraceparent(traceparent: string | null): SpanContext | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  if (!match?.[1] || !match[2]) return undefined
  return {traceId: match[1], spanId: match[2], traceFlags: TraceFlags.SAMPLED, isRemote: true}
}

/** Below the ticket's root, not below what happens to be active: a pass of the daemon serves many tickets. */
function contextOf(traceparent: string | null) {
  const root = parseTraceparent(traceparent)
  return root ? withDurableParent(trace.setSpanContext(ROOT_CONTEXT, root), root) : context.active()
}

/** Ends the span with the task; a failure is recorded and thrown on. */
export async function settle<T>(span: Span, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    span.recordException(error instanceof Error ? error : messageOf(error))
    span.setStatus({code: SpanStatusCode.ERROR, message: messageOf(error)})
    throw error
  } finally {
    span.end()
  }
}
