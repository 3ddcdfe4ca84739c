import type {Boarding} from './boarding.ts'

/** A ticket of the next train as a person chooses it. */
export type Choice = {
  ticket: number
  /** It leaves with the train. */
  chosen: boolean
  /** Why it cannot be chosen now; null: it can. */
  cannot: string | null
}

/** Why the ticket does not leave with this train; null: it does. */
export function staysIn({stays, repair}: Boarding, issue: number): string | null {
  const conflict = repair.find(({ticket}) => ticket === issue)
  if (conflict) return `conflicts with main in ${conflict.paths.join(', ')}, and goes back to its agent`
  return stays.find(({ticket}) => ticket === issue)?.why ?? null
}

/**
 * What a person can choose among bottled tickets when these are chosen. One can be put on if it boards then, and none
 * of the chosen ones has to leave for it. `board`: who boards of some tickets. Pure.
 */
export function choicesOf(
  board: (tickets: readonly number[]) => Boarding,
  {bottled, chosen}: {bottled: readonly number[]; chosen: readonly number[]},
): Choice[] {
  const {aboard, alone, stays, repair} = board(bottled)
  const order = [...aboard, ...[...alone, ...stays, ...repair].map(({ticket}) => ticket)]
  const plan = board(chosen)
  const leaving = chosen.filter(ticket => staysIn(plan, ticket) === null)
  return order.map(ticket => {
    if (leaving.includes(ticket)) return {ticket, chosen: true, cannot: null}
    if (chosen.includes(ticket)) return {ticket, chosen: false, cannot: staysIn(plan, ticket)}
    const then = board([...leaving, ticket])
    const displaced = leaving.find(other => staysIn(then, other) !== null)
    const cannot =
      staysIn(then, ticket) ??
      (displaced === undefined ? null : `with it, #${displaced} would stay: ${staysIn(then, displaced)}`)
    return {ticket, chosen: false, cannot}
  })
}
