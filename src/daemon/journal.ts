import {trace} from '@opentelemetry/api'
import type {Clock} from '../base/clock.ts'
import {toErrorData} from '../base/errors.ts'
import type {Log} from '../base/log.ts'
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
 * Keeps the newest events for the screen and appends each to the hub, whose worker writes it later. Without the hub it
 * begins with none: a daemon does not wait for history. An event carries the trace of its ticket, or that of the call which caused it.
 */
export async function openJournal(options: {
  hub: HubGateway
  repository: string
  clock: Clock
  log: Log
  /** A ticket's traceparent; null without a trace. */
  traceOf: (ticket: number | undefined) => string | null
}): Promise<Journal> {
  const {hub, repository, clock, log, traceOf} = options
  let events: readonly StoredEvent[] = []
  try {
    events = [...(await hub.recent(EVENTS_KEPT))].reverse()
  } catch (error) {
    log.warn('cannot read recent events', {error: toErrorData(error)})
  }
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
