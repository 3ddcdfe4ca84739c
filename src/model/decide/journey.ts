import type {Fact} from '../core/facts.ts'
import type {State} from '../core/state.ts'
import {type Stage, TICKET_STATES} from '../ticket/states.ts'

/** How a ticket came to main, as far as this daemon saw it. */
export type Journey = {
  ticket: number
  title: string
  /** When it reached each stage last, epoch milliseconds; null: that was not seen. */
  stages: Readonly<Record<Stage, number | null>>
  /** Branch of its bundle; null: it landed by its own pull request. */
  bundle: string | null
  pull: number | null
  /** Checks that reported, by the commit that they looked at. */
  checks: Readonly<Record<string, number>>
}

const NOWHERE: Journey['stages'] = {bottled: null, boarded: null, tested: null, merged: null}

/** Notes what a fact changed about the journeys. `before`: the state that the fact met. Pure. */
export function travelled(
  journeys: ReadonlyMap<number, Journey>,
  {before, state, fact, at}: {before: State | null; state: State; fact: Fact; at: number},
): ReadonlyMap<number, Journey> {
  const next = new Map(journeys)
  for (const ticket of Object.values(state.tickets)) {
    const {issue, title, bundle, landedBy, pull} = ticket.context
    const was = before?.tickets[issue]
    if (was === ticket || was?.value === ticket.value) continue
    const {stage} = TICKET_STATES[ticket.value].lands
    if (stage === null) continue
    const known = next.get(issue) ?? {ticket: issue, title, stages: NOWHERE, bundle, pull, checks: {}}
    const isKept = stage === 'tested' && known.stages.tested !== null
    // Bottled again it begins another way; what was tested first is when it was tested.
    const stages = stage === 'bottled' ? {...NOWHERE, bottled: at} : {...known.stages, ...(isKept ? {} : {[stage]: at})}
    next.set(issue, {...known, stages, bundle: bundle ?? known.bundle, pull: landedBy ?? pull ?? known.pull})
  }
  const train = state.train.now
  if (train.value === 'landing' && before?.train.now.value !== 'landing') {
    for (const {ticket} of train.context.members) {
      const known = next.get(ticket)
      if (known) next.set(ticket, {...known, stages: {...known.stages, tested: at}})
    }
  }
  for (const [ticket, sha, count] of checksIn(state, fact)) {
    const known = next.get(ticket)
    if (known) next.set(ticket, {...known, checks: {...known.checks, [sha]: count}})
  }
  return next
}

/** Ticket, commit and number of checks that a look saw. */
function checksIn({train}: State, fact: Fact): [number, string, number][] {
  if (fact.type === 'pullSeen') {
    const {checks} = fact.reading
    return checks === null ? [] : [[fact.ticket, checks.sha, checks.checks.length]]
  }
  if (fact.type !== 'bundleSeen') return []
  return fact.trials.flatMap(({reading: {checks}}): [number, string, number][] =>
    checks === null ? [] : train.now.context.members.map(({ticket}) => [ticket, checks.sha, checks.checks.length]),
  )
}
