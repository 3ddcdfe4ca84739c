import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {wrongIn} from './seeds.ts'
import {shrink} from './shrink.ts'
import {simulate} from './simulation.ts'

const FILE = join(import.meta.dirname, 'kept-seeds.json')

/** A seed that failed once, with the few mishaps of it that are enough; all of them are played in `npm test`. */
export type KeptSeed = {seed: number; only: readonly string[]; found: string}

export function keptSeeds(): KeptSeed[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as KeptSeed[]
}

/** Finds the mishaps of a seed that make it fail, and keeps them; null: it does not fail. */
export async function keep(seed: number): Promise<KeptSeed | null> {
  const whole = await simulate(seed)
  const [found] = wrongIn(whole)
  if (found === undefined) return null
  const only = await shrink(whole.mishaps, async part => wrongIn(await simulate(seed, part)).length > 0)
  const kept = {seed, only, found}
  const others = keptSeeds().filter(other => other.seed !== seed)
  writeFileSync(FILE, `${JSON.stringify([...others, kept], null, 2)}\n`)
  return kept
}
