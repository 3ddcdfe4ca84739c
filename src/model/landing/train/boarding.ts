import type {Config} from '../../data/config.ts'

/** A bottled ticket that may board. */
export type Passenger = {
  ticket: number
  /** Weight of its priority label; higher boards first. */
  priority: number
  /** Since when it has been bottled, epoch milliseconds. */
  since: number
  /** Trains that left it behind or that it turned red. */
  setBacks: number
  /** Why it lands by its own pull request; null: it may be in a bundle. */
  alone: string | null
}

/** Two tickets, or a ticket and main (null), whose committed work does not merge. */
export type Clash = {one: number; other: number | null; paths: readonly string[]}

/** A ticket whose work conflicted with main in these paths, went back to its agent for that, and is still to land. */
export type UnderRepair = {ticket: number; paths: readonly string[]}

export type Boarding = {
  /** Who boards the bundle, in the order in which their work lies on top of each other. */
  aboard: readonly number[]
  /** Who lands by its own pull request, and why. */
  alone: readonly {ticket: number; why: string}[]
  /** Who conflicts with main, and goes back to its agent before any check runs. */
  repair: readonly UnderRepair[]
  /** Who waits for a later train, and why. */
  stays: readonly {ticket: number; why: string}[]
}

const MINUTE_MS = 60_000
/** How much further back in the order each train without it puts a ticket, and the most that all of them do. */
const SET_BACK_MS = 10 * MINUTE_MS
const MOST_SET_BACKS = 3
/** Bottled for longer, a ticket boards before those of any priority, so that none waits for ever. */
export const OLD_MS = 2 * 60 * MINUTE_MS

/** The order of boarding: what waits very long, then priority, then age with a bounded penalty for what failed before. */
export function boardingOrder(passengers: readonly Passenger[], at: number): Passenger[] {
  const isOld = ({since}: Passenger) => at - since >= OLD_MS
  const age = ({since, setBacks}: Passenger) => since + Math.min(setBacks, MOST_SET_BACKS) * SET_BACK_MS
  return [...passengers].sort(
    (a, b) =>
      Number(isOld(b)) - Number(isOld(a)) ||
      (isOld(a) ? a.since - b.since : b.priority - a.priority || age(a) - age(b)) ||
      a.ticket - b.ticket,
  )
}

/**
 * Chooses who boards: in order, as many as fit, none of which conflicts with another aboard. One ticket alone needs no
 * bundle. Of several that conflict with main in the same paths one is repaired at a time: repaired beside each other, all
 * but the first to land would conflict again. Pure.
 */
export function planBoarding(
  passengers: readonly Passenger[],
  {
    clashes,
    underRepair,
    size,
    at,
    conflicts = 'wait',
  }: {
    clashes: readonly Clash[]
    underRepair: readonly UnderRepair[]
    size: number
    at: number
    /** What becomes of one that conflicts with another aboard; `person` is about what comes of it later. */
    conflicts?: Config['bundling']['conflict_strategy']
  },
): Boarding {
  const aboard: number[] = []
  const alone: {ticket: number; why: string}[] = []
  const repair: UnderRepair[] = []
  const stays: {ticket: number; why: string}[] = []
  for (const passenger of boardingOrder(passengers, at)) {
    const {ticket, since} = passenger
    const withMain = withMainOf(ticket, clashes)
    const first =
      withMain &&
      repairedFirst({ticket, since, paths: withMain.paths}, {clashes, underRepair: [...underRepair, ...repair], at})
    const clash = clashes.find(({one, other}) =>
      other === null ? false : (one === ticket && aboard.includes(other)) || (other === ticket && aboard.includes(one)),
    )
    if (withMain && first) {
      stays.push({ticket, why: `conflicts with main in ${named(withMain.paths)}, where #${first} is repaired first`})
    } else if (withMain) repair.push({ticket, paths: withMain.paths})
    else if (passenger.alone !== null) alone.push({ticket, why: passenger.alone})
    else if (clash) {
      const other = clash.one === ticket ? clash.other : clash.one
      const why = `conflicts with #${other} in ${named(clash.paths)}`
      if (conflicts === 'alone') alone.push({ticket, why})
      else stays.push({ticket, why})
    } else if (aboard.length >= size) stays.push({ticket, why: `the bundle is full with ${size}`})
    else aboard.push(ticket)
  }
  const [only] = aboard
  if (aboard.length === 1)
    return {aboard: [], alone: [...alone, {ticket: only!, why: 'it is the only one'}], repair, stays}
  return {aboard, alone, repair, stays}
}

/**
 * The ticket that has to land before this one, which conflicts with main in these paths, goes back to its agent; null: it
 * is its turn. One that is under repair and conflicts again waits for none with a larger number, so that two of them never
 * wait for each other, and what is bottled for very long waits for none.
 */
export function repairedFirst(
  {ticket, since, paths}: {ticket: number; since: number; paths: readonly string[]},
  known: {clashes: readonly Clash[]; underRepair: readonly UnderRepair[]; at: number},
): number | null {
  if (known.at - since >= OLD_MS) return null
  const first = known.underRepair.find(
    other =>
      other.ticket !== ticket &&
      (other.ticket < ticket || !withMainOf(other.ticket, known.clashes)) &&
      other.paths.some(path => paths.includes(path)),
  )
  return first?.ticket ?? null
}

function withMainOf(ticket: number, clashes: readonly Clash[]): Clash | undefined {
  return clashes.find(({one, other}) => one === ticket && other === null)
}

/** Paths named at most. */
const NAMED = 2

function named(paths: readonly string[]): string {
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''
  return `${paths.slice(0, NAMED).join(', ')}${more}`
}
