import type {State} from '../core/state.ts'

/** The longest usage window. A client that a person freed from waiting says nothing, and must not hold all others. */
const LIMIT_MS = 5 * 60 * 60_000

/**
 * Why no agent starts by itself: an agent's usage limit is its account's, which all agents share. Null: no limit.
 */
export function heldByLimit({agents}: State, at: number): string | null {
  const limited = Object.values(agents)
    .map(({context}) => context)
    .find(({waitsFor, since}) => waitsFor === 'limit' && since + LIMIT_MS > at)
  return limited === undefined ? null : `${limited.agent} is at its usage ${limited.activity}`
}
