import type {Clock} from '../base/clock.ts'
import type {Fact} from '../model/core/facts.ts'
import type {State} from '../model/core/state.ts'
import type {Effect} from '../model/data/effects.ts'
import {type Journey, travelled} from '../model/decide/journey.ts'
import type {LandingReport} from '../protocol/daemon.ts'

/** Effects between bottled work and main. */
const STEPS: ReadonlySet<Effect['name']> = new Set([
  ...(['bottleTicket', 'boardBundle', 'buildBundle', 'watchBundle', 'landBundle', 'openPull', 'watchPull'] as const),
  ...(['updateBranch', 'setAutoMerge', 'mergePull', 'finishTicket'] as const),
])
/** Tickets that are remembered; a person asks right after the landing. */
const KEPT = 300
/** Steps of a ticket that are remembered: looks at checks come again and again. */
const STEPS_KEPT = 200

type Traced = {traceId: string | null; steps: LandingReport['steps'][number][]; calls: number | null}

export type LandingLog = {
  take(state: State, fact: Fact): void
  /** Times an effect that is a step of a landing. */
  step<T>(effect: Effect, run: () => Promise<T>): Promise<T>
  report(tickets: readonly number[]): LandingReport[]
}

/** Remembers how tickets came to main, for people who ask right after it: stages, steps, traces, requests. */
export function createLandingLog(options: {
  clock: Clock
  /** Requests to GitHub so far. */
  apiCalls: () => number
  /** A ticket's traceparent; null without a trace. */
  traceOf: (ticket: number) => string | null
}): LandingLog {
  const {clock, apiCalls, traceOf} = options
  let before: State | null = null
  let journeys: ReadonlyMap<number, Journey> = new Map()
  const traced = new Map<number, Traced>()

  function tracedOf(ticket: number): Traced {
    const known = traced.get(ticket)
    if (known) return known
    const made: Traced = {traceId: null, steps: [], calls: null}
    traced.set(ticket, made)
    for (const oldest of traced.keys()) if (traced.size > KEPT) traced.delete(oldest)
    return made
  }

  return {
    take(state, fact) {
      const next = travelled(journeys, {before, state, fact, at: clock.now()})
      before = state
      const over = next.size - KEPT
      journeys = over > 0 ? new Map([...next].slice(over)) : next
    },
    async step(effect, run) {
      const tickets = STEPS.has(effect.name) ? ticketsOf(effect) : []
      const at = clock.now()
      const [from, callsFrom] = [clock.monotonic(), apiCalls()]
      // Before it: the claim, which keeps the trace, may be released by it.
      for (const ticket of tickets) {
        tracedOf(ticket).traceId = traceOf(ticket)?.split('-')[1] ?? tracedOf(ticket).traceId
        tracedOf(ticket).calls ??= callsFrom
      }
      try {
        return await run()
      } finally {
        const step = {name: effect.name, at, ms: Math.round(clock.monotonic() - from)}
        for (const ticket of tickets) {
          const {steps} = tracedOf(ticket)
          steps.push(step)
          steps.splice(0, steps.length - STEPS_KEPT)
        }
      }
    },
    report: tickets =>
      tickets.flatMap(ticket => {
        const journey = journeys.get(ticket)
        if (!journey) return []
        const {traceId, steps, calls} = tracedOf(ticket)
        const {checks, ...rest} = journey
        return [
          {
            ...rest,
            traceId,
            steps: [...steps],
            apiCalls: calls === null ? null : apiCalls() - calls,
            ciRuns: Object.values(checks).reduce((sum, count) => sum + count, 0),
          },
        ]
      }),
  }
}

function ticketsOf(effect: Effect): number[] {
  if ('ticket' in effect) return [effect.ticket]
  return 'members' in effect ? effect.members.map(({ticket}) => ticket) : []
}
