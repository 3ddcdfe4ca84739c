import type {State} from '../../core/state.ts'
import {type Clash, repairedFirst, type UnderRepair} from '../../landing/train/boarding.ts'
import {TICKET_STATES} from '../../ticket/states.ts'

/** Tickets that lost to others and land without a person's doing. */
export function underRepair({tickets}: State): UnderRepair[] {
  return Object.values(tickets).flatMap(({value, context: {issue, conflictsIn}}) => {
    const {next, is} = TICKET_STATES[value]
    return conflictsIn.length === 0 || is.over || next === 'person' || next === 'claim'
      ? []
      : [{ticket: issue, paths: conflictsIn}]
  })
}

/** What the radar knows of committed work of tickets. */
export function clashesOf({radar}: State): Clash[] {
  return radar.conflicts.flatMap(({one, other, committed, files}): Clash[] => {
    if (!committed || one.ticket === null || (other !== null && other.ticket === null)) return []
    return [{one: one.ticket, other: other?.ticket ?? null, paths: files.map(({path}) => path)}]
  })
}

/** The ticket that is repaired before this one, which conflicts with main in these paths; null: it is its turn. */
export function repairedBefore(
  state: State,
  {ticket, paths, at}: {ticket: number; paths: readonly string[]; at: number},
): number | null {
  const since = state.tickets[ticket]?.context.since ?? 0
  return repairedFirst({ticket, since, paths}, {clashes: clashesOf(state), underRepair: underRepair(state), at})
}
