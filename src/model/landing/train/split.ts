/** What the checks say of the first `size` members of a bundle together. */
export type TrialResult = {size: number; result: 'green' | 'red' | 'pending'}

/**
 * What a round of trials shows. `land`: so many members are green together, from the first; then come `suspects` members
 * of which at least one is bad, and none is known when it is 0. What comes after the suspects was tested with them only.
 */
export type RoundAnswer = {known: false} | {known: true; land: number; suspects: number}

/**
 * Sizes of the parts in which `members` are tested at the same time, each with all before it: as many as checks may run
 * at once, as equal as possible, the last is the whole.
 */
export function partSizes(members: number, parallel: number): number[] {
  const parts = Math.min(members, Math.max(1, parallel))
  return Array.from({length: parts}, (_, index) => Math.ceil((members * (index + 1)) / parts))
}

/**
 * Judges a round of trials of a bundle of `members`. A trial is red when one of its members is bad, so a green one clears
 * all in it, and a smaller one that is red beside a larger green one was a flake. `knownRed`: the whole was red in a round
 * before and is not tested again.
 */
export function judgeRound(
  trials: readonly TrialResult[],
  {members, knownRed}: {members: number; knownRed: boolean},
): RoundAnswer {
  const sizes = (result: TrialResult['result']) => trials.filter(trial => trial.result === result).map(({size}) => size)
  const land = Math.max(0, ...sizes('green'))
  if (land === members) return {known: true, land, suspects: 0}
  // A larger trial may still be green, and then nothing before it is bad.
  if (sizes('pending').length > 0) return {known: false}
  const red = sizes('red').filter(size => size > land)
  if (red.length === 0 && !knownRed) return {known: true, land, suspects: 0}
  return {known: true, land, suspects: Math.min(members, ...red) - land}
}

/**
 * Sizes of the trials that find the bad one among suspects that are red together, on top of what is green: all but the
 * whole, as the last suspect is the bad one when the others are green. Empty: there is only one suspect.
 */
export function suspectSizes(suspects: number, parallel: number): number[] {
  return suspects < 2 ? [] : partSizes(suspects - 1, parallel)
}
