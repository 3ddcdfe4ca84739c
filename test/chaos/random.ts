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

/** Chance for each thing by its name and number, so that leaving one thing out leaves the others as they are. */
export type Dice = {
  /** What chance gives a thing, such as an agent's turn; each time it comes up it has a source of its own. */
  own(thing: string): Chance
  /** Something that goes wrong with this likelihood, and what chance gives it; null: it does not happen. */
  mishap(thing: string, likelihood: number): Chance | null
  /** The mishaps that happened, in order: `kill at record:before of me 3`. */
  readonly mishaps: readonly string[]
}

/** Makes the dice of a seed. `only`: no other mishaps than these happen. */
export function diceOf(seed: number, only?: readonly string[]): Dice {
  const counts = new Map<string, number>()
  const allowed = only && new Set(only)
  const mishaps: string[] = []
  const nameOf = (thing: string) => {
    const count = (counts.get(thing) ?? 0) + 1
    counts.set(thing, count)
    return `${thing} ${count}`
  }
  const own = (name: string) => chanceOf(seed ^ hashOf(name))
  return {
    own: thing => own(nameOf(thing)),
    mishap(thing, likelihood) {
      const name = nameOf(thing)
      if (likelihood === 0 || allowed?.has(name) === false) return null
      const chance = own(name)
      if (!chance.happens(likelihood)) return null
      mishaps.push(name)
      return chance
    },
    mishaps,
  }
}

/** A number of 32 bits for a text (FNV-1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
