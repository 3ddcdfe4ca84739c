import type {ClaimBook} from '../model/gateways.ts'
import {PRIORITY} from '../model/routing.ts'
import type {Supervisor} from '../model/supervisor.ts'
import type {TicketTraces} from '../telemetry/tickets.ts'

/** More candidates would make a span that nobody reads. */
const CANDIDATES_TRACED = 20

/** The decision as a span: who else could have been routed, and why this one was. */
export function traceRouting(options: {traces: TicketTraces; book: ClaimBook; state: Supervisor; issue: number}): void {
  const {traces, book, state, issue} = options
  const claim = book.get(issue)
  const candidates = state.queue.slice(0, CANDIDATES_TRACED).map(({issue: {number}, priority, gate, reasons}) => ({
    ticket: number,
    priority: PRIORITY[priority],
    chosen: number === issue,
    reason: gate?.text ?? reasons.join(', '),
  }))
  traces.routed({
    traceparent: claim?.record.traceparent ?? null,
    agent: claim?.record.agent ?? '',
    ticket: issue,
    reason: candidates.find(({chosen}) => chosen)?.reason ?? 'asked for by number',
    candidates,
  })
}
