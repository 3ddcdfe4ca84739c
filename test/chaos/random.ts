/** A source of chance that gives the same for the same seed. */
export type Chance = {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  /** Whether something of this likelihood (0 to 1) happens. */
  happens(likelihood: number): boolean
  of<T>(values: readonly T[]): T
}

/** Makes a source of chance (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  return {int, happens: likelihood => next() < likelihood, of: values => values[int(values.length)]!}
}
