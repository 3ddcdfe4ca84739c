import type {State} from '../core/state.ts'

/** A window of use is no longer. A client that was told to stop waiting tells nobody, and must not hold all others. */
const LIMIT_MS = 5 * 60 * 60_000

/**
 * Why nothing is started by itself: the limit of an agent is its account's, which all of them share. Null: there is none.
 */
export function heldByLimit({agents}: State, at: number): string | null {
  const limited = Object.values(agents)
    .map(({context}) => context)
    .find(({waitsFor, since}) => waitsFor === 'limit' && since + LIMIT_MS > at)
  return limited === undefined ? null : `${limited.agent} is at its usage ${limited.activity}`
}
