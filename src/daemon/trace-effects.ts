import type {Clock} from '../base/clock.ts'
import type {Effect} from '../model/data/effects.ts'
import type {ClaimBook} from '../model/gateways/git.ts'
import type {TicketTraces} from '../telemetry/tickets.ts'

export type EffectTraces = {
  /** A ticket's traceparent, which its claim keeps; null: it has no claim or no trace. */
  traceOf(issue: number | undefined): string | null
  /** Runs an effect as a span of its ticket's trace; an effect without a ticket is not traced. */
  inTrace<T>(effect: Effect, run: () => Promise<T>): Promise<T>
}

/** Records each effect of a ticket in the ticket's trace. */
export function traceEffects(options: {
  traces: TicketTraces
  book: Pick<ClaimBook, 'get'>
  clock: Clock
}): EffectTraces {
  const {traces, book, clock} = options

  function traceOf(issue: number | undefined): string | null {
    return (issue !== undefined && book.get(issue)?.record.traceparent) || null
  }

  return {
    traceOf,
    async inTrace(effect, run) {
      if (!('ticket' in effect)) return run()
      const {name, ticket} = effect
      const attributes = {'ticket.id': ticket, ...('agent' in effect ? {'agent.id': effect.agent} : {})}
      const traceparent = traceOf(ticket)
      if (traceparent !== null) return traces.inTicket(traceparent, name, attributes, run)
      // The effect that claims the ticket begins the trace, so its own span is recorded afterwards.
      const startedAt = clock.now()
      const result = await run()
      const begun = traceOf(ticket)
      if (begun !== null) traces.record({traceparent: begun, name, startedAt, attributes})
      return result
    },
  }
}
