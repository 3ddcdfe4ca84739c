import {trace} from '@opentelemetry/api'
import type {Clock} from '../base/clock.ts'
import type {NewEvent, StoredEvent} from '../model/data/event.ts'
import type {HubGateway} from '../model/gateways/hub.ts'
import {parseTraceparent} from '../telemetry/tickets.ts'

/** A person scrolls through no more; older events are in the hub. */
const EVENTS_KEPT = 200

export type Journal = {
  append(event: NewEvent): void
  /** Newest first. */
  events(): readonly StoredEvent[]
}

/**
 * Keeps the newest events for the screen and appends each to the hub, whose worker writes it later. An event carries
 * the trace of its ticket, or that of the call which caused it.
 */
export async function openJournal(options: {
  hub: HubGateway
  repository: string
  clock: Clock
  /** A ticket's traceparent; null without a trace. */
  traceOf: (ticket: number | undefined) => string | null
}): Promise<Journal> {
  const {hub, repository, clock, traceOf} = options
  let events: readonly StoredEvent[] = [...(await hub.recent(EVENTS_KEPT))].reverse()
  return {
    append(untraced) {
      const span = parseTraceparent(traceOf(untraced.ticket)) ?? trace.getActiveSpan()?.spanContext()
      const event = span ? {...untraced, traceId: span.traceId} : untraced
      hub.append(event)
      const stored = {...event, seq: (events[0]?.seq ?? 0) + 1, at: clock.now(), repository}
      events = [stored, ...events].slice(0, EVENTS_KEPT)
    },
    events: () => events,
  }
}
