import fc from 'fast-check'
import {processorTime} from '../processor-time.ts'

/**
 * Fuzzing, seeded and replayable: `CLAMBAKE_FUZZ_SEED` is the seed (default: a fixed one for `npm test`, so that a red run
 * is no chance), `CLAMBAKE_FUZZ` how many times as long it runs. A failure prints both.
 */
const DEFAULT_SEED = 20_261_129
const seed = Number(process.env.CLAMBAKE_FUZZ_SEED ?? DEFAULT_SEED)
const times = Number(process.env.CLAMBAKE_FUZZ ?? 1)
/** No single input may take longer; of waits the test's own limit tells. */
const HANG_MS = 1000

const SAYS = `CLAMBAKE_FUZZ_SEED=${seed} CLAMBAKE_FUZZ=${times}`
console.log(`fuzz: ${SAYS}`)

/** Tries `runs` inputs, times the length of this run; says how to replay a failure. */
export async function fuzz<T>(
  input: fc.Arbitrary<T>,
  runs: number,
  holds: (value: T) => void | Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(input, async value => {
    const took = processorTime()
    await holds(value)
    if (took() > HANG_MS) throw new Error(`it took ${Math.round(took())} ms`)
  })
  try {
    await fc.assert(property, {seed, numRuns: Math.ceil(runs * times), endOnFailure: times === 1})
  } catch (error) {
    throw new Error(`replay with ${SAYS}: ${error instanceof Error ? error.message : String(error)}`, {cause: error})
  }
}

/** What no text for people may hold: a stack trace, or a byte that acts on a terminal. */
export function faultIn(text: string): string | null {
  if (/\n\s+at .*:\d+:\d+/.test(text)) return 'a stack trace'
  if (/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text)) return 'a control character'
  return null
}
