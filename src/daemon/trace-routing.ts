import type {Fact} from '../model/core/facts.ts'
import type {State} from '../model/core/state.ts'
import type {TraceLevel} from '../model/data/trace-level.ts'
import type {ClaimBook} from '../model/gateways/git.ts'
import {circumstancesOf, holdsOn} from '../model/routing/holds.ts'
import {PRIORITY} from '../model/routing/order.ts'
import type {TicketTraces} from '../telemetry/tickets.ts'

/** A span with more candidates is not read. */
const CANDIDATES_TRACED = 20

/** Records each routing decision that won a claim as a span: the other candidates, and why this one was chosen. */
export function traceRouting({traces, book}: {traces: TicketTraces; book: ClaimBook}) {
  /** The trace level that a person asked for, by issue. */
  const levels = new Map<number, TraceLevel>()
  return {
    take(state: State, fact: Fact, at: number): void {
      if (fact.type === 'popAsked' && fact.trace) levels.set(fact.issue, fact.trace)
      else if (fact.type === 'claimRefused') levels.delete(fact.ticket)
      else if (fact.type === 'ticketClaimed') {
        const claim = book.get(fact.ticket)
        const level = levels.get(fact.ticket) ?? 'basic'
        levels.delete(fact.ticket)
        const candidates = candidatesOf(state, fact.ticket, level, at)
        traces.routed({
          traceparent: claim?.record.traceparent ?? null,
          agent: claim?.record.agent ?? '',
          ticket: fact.ticket,
          reason: candidates.find(({chosen}) => chosen)?.reason ?? 'requested by number',
          candidates,
        })
      }
    },
  }
}

function candidatesOf(state: State, issue: number, level: TraceLevel, at: number) {
  const around = circumstancesOf(state, at)
  const traced = level === 'detailed' ? state.queue : state.queue.slice(0, CANDIDATES_TRACED)
  return traced.map(candidate => {
    const {number} = candidate.issue
    const chosen = number === issue
    const hold = chosen ? candidate.gate : holdsOn(candidate, state, around).next().value
    const reason = hold?.text ?? candidate.reasons.join(', ')
    return {ticket: number, priority: PRIORITY[candidate.priority], chosen, reason}
  })
}
