import {type Outcome, simulate} from './simulation.ts'

/** What many seeds came to. */
export type Tally = {
  seeds: number
  merges: number
  lost: number
  stuck: number
  doubleClaims: number
  untested: number
  /** Crash points at which a daemon was killed, each once. */
  points: string[]
}

export const NOTHING: Tally = {seeds: 0, merges: 0, lost: 0, stuck: 0, doubleClaims: 0, untested: 0, points: []}

export function sumOf(one: Tally, other: Tally): Tally {
  return {
    seeds: one.seeds + other.seeds,
    merges: one.merges + other.merges,
    lost: one.lost + other.lost,
    stuck: one.stuck + other.stuck,
    doubleClaims: one.doubleClaims + other.doubleClaims,
    untested: one.untested + other.untested,
    points: [...new Set([...one.points, ...other.points])],
  }
}

/** Everything that must never happen and did in one seed. */
export function wrongIn({lost, stuck, doubleClaims, untestedMerges}: Outcome): string[] {
  return [
    ...lost.map(what => `lost: ${what}`),
    ...stuck.map(what => `stuck: ${what}`),
    ...doubleClaims.map(what => `double claim: ${what}`),
    ...untestedMerges.map(what => `untested merge: ${what}`),
  ]
}

/** Plays seeds one after another; `failed` gets each that went wrong. */
export async function playSeeds(seeds: Iterable<number>, failed: (outcome: Outcome) => void): Promise<Tally> {
  let tally = NOTHING
  for (const seed of seeds) {
    const outcome = await simulate(seed)
    tally = sumOf(tally, {
      seeds: 1,
      merges: outcome.merges,
      lost: outcome.lost.length,
      stuck: outcome.stuck.length,
      doubleClaims: outcome.doubleClaims.length,
      untested: outcome.untestedMerges.length,
      points: outcome.points,
    })
    if (wrongIn(outcome).length > 0) failed(outcome)
  }
  return tally
}

/** `seed`, and the ones behind it. */
export function seedsFrom(seed: number, count: number): number[] {
  return Array.from({length: count}, (_, index) => seed + index)
}

/** How a person plays a seed again. */
export function replayOf(seed: number): string {
  return `npm run test:chaos -- --seed ${seed}`
}
