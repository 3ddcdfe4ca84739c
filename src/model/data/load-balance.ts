import type {AgentId} from './ids.ts'

export const LOAD_BALANCES = ['least-loaded', 'round-robin', 'skill'] as const

/**
 * Who of the free agents takes an issue. `least-loaded`: who has the fewest tickets that are not landed yet, then who
 * took the fewest today. `round-robin`: the next one after the last that took one. With both, who is good at one of
 * the labels goes first, and who is good at something else last. `skill`: who is good at most of its labels,
 * and who is good at something else not at all.
 */
export type LoadBalance = (typeof LOAD_BALANCES)[number]

/** How many tickets each agent claimed. `today` counts won claims of the local `day`, `last` claimed the last ticket. */
export type ClaimTally = {
  readonly day: string
  readonly today: Readonly<Record<AgentId, number>>
  readonly last: AgentId | null
}

export const NO_CLAIMS: ClaimTally = {day: '', today: {}, last: null}
