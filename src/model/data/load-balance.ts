import type {AgentId} from './ids.ts'

export const LOAD_BALANCES = ['least-loaded', 'round-robin', 'skill'] as const

/**
 * The rule by which a free agent gets an issue. `least-loaded`: the one with the fewest tickets that have not landed,
 * then the fewest claims today. `round-robin`: the next one after the last that claimed. Both prefer an agent with one
 * of the labels among its specializations, and take one with only other specializations last. `skill`: the
 * agent that matches most labels; one with only other specializations gets nothing.
 */
export type LoadBalance = (typeof LOAD_BALANCES)[number]

/** How many tickets each agent claimed. `today` counts won claims of the local `day`, `last` claimed the last ticket. */
export type ClaimTally = {
  readonly day: string
  readonly today: Readonly<Record<AgentId, number>>
  readonly last: AgentId | null
}

export const NO_CLAIMS: ClaimTally = {day: '', today: {}, last: null}
