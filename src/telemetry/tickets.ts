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

/** The tracer's name, which separates Clambake's spans from those of libraries. */
export const SCOPE = 'clambake'

type RoutingCandidate = {ticket: number; priority: number; chosen: boolean; reason: string}

/**
 * Records one trace for each ticket, from its claim to its merge. `begin` makes the ids of the root span, which the claim
 * keeps as a W3C traceparent. Every part of the work is a child of it, in any process and after any restart. `end` writes
 * the root span itself. Without telemetry all of this costs nothing.
 */
export type TicketTraces = {
  /** Gives the traceparent of a new trace; null without telemetry. */
  begin(): string | null
  /**
   * Runs `task` in a span of the ticket's trace; records and rethrows a failure. Spans of other processes that it calls
   * become children of the root, which survives if this process is killed.
   */
  inTicket<T>(traceparent: string | null, name: string, attributes: Attributes, task: () => Promise<T>): Promise<T>
  /** Records the span of the claim, which began before its trace existed. `startedAt` is in epoch milliseconds. */
  record(span: {traceparent: string; name: string; startedAt: number; attributes: Attributes}): void
  /**
   * Records why an agent got a ticket: a span with the reason and an event for each candidate, linked to the command that
   * asked for it.
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
    /** How the ticket ended; default: merged. Any other value marks the span as an error. */
    outcome?: string
    attributes?: Attributes
  }): void
}

/** Ticket traces that record nothing, for when no endpoint is configured. */
export const noTicketTraces: TicketTraces = {
  begin: () => null,
  inTicket: (_traceparent, _name, _attributes, task) => task(),
  record() {},
  routed() {},
  end() {},
}

/** Makes what records the traces of tickets by OpenTelemetry. */
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

/** The ids in a W3C traceparent (https://www.w3.org/TR/trace-context/); undefined if it is invalid. */
export function parseTraceparent(traceparent: string | null): SpanContext | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '')
  if (!match?.[1] || !match[2]) return undefined
  return {traceId: match[1], spanId: match[2], traceFlags: TraceFlags.SAMPLED, isRemote: true}
}

/** The context of the ticket's root span, since the active span may belong to a pass that serves many tickets. */
function contextOf(traceparent: string | null) {
  const root = parseTraceparent(traceparent)
  return root ? withDurableParent(trace.setSpanContext(ROOT_CONTEXT, root), root) : context.active()
}

/** Runs a task and then ends the span; records and rethrows a failure. */
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
