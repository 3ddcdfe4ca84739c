import {type Outcome, simulate} from './simulation.ts'

/** What many seeds came to. */
export type Tally = {seeds: number; merges: number; lost: number; stuck: number; doubleClaims: number; untested: number}

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
  const tally: Tally = {seeds: 0, merges: 0, lost: 0, stuck: 0, doubleClaims: 0, untested: 0}
  for (const seed of seeds) {
    const outcome = await simulate(seed)
    tally.seeds += 1
    tally.merges += outcome.merges
    tally.lost += outcome.lost.length
    tally.stuck += outcome.stuck.length
    tally.doubleClaims += outcome.doubleClaims.length
    tally.untested += outcome.untestedMerges.length
    if (wrongIn(outcome).length > 0) failed(outcome)
  }
  return tally
}

/** How a person plays a seed again. */
export function replayOf(seed: number): string {
  return `npm run test:chaos -- --seed ${seed}`
}
