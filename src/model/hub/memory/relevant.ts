import {bytesOf} from '../mail.ts'
import type {Memory, MemoryType} from './memory.ts'
import {type Found, ranked, type Surroundings} from './rank.ts'

/** Most bytes of the memories that a session is given at its start. */
export const GIVEN_BYTES = 6144

/** What holds for all work of a project, whatever the task is. */
export const STANDING: readonly MemoryType[] = ['convention', 'preference', 'gotcha', 'architecture', 'infrastructure']

export type Relevant = {
  given: Memory[]
  /** How many more say something of the task, and did not fit. */
  left: number
}

/**
 * Chooses what a session is given at its start: memories in force, best first, whole ones only, as many as the budget
 * holds; a shorter one may follow one that did not fit. What neither the task's words nor its files nor its labels meet is
 * given only if it holds for all work. `words`: what was found by the task's words, best first; `met`: by files or labels. The same memories give the same choice, in whatever order they come.
 */
export function chooseRelevant(
  memories: readonly Memory[],
  {words, met}: {words: Found; met: Found},
  surroundings: Surroundings,
  budget: number,
  sizeOf: (memory: Memory) => number = memorySize,
): Relevant {
  const about = new Set([...words, ...met])
  const candidates = memories.filter(
    ({status, ref, type}) => status === 'active' && (about.has(ref) || STANDING.includes(type)),
  )
  const given: Memory[] = []
  let left = budget
  for (const memory of ranked(candidates, [words], surroundings)) {
    const size = sizeOf(memory)
    if (size > left) continue
    left -= size
    given.push(memory)
  }
  return {given, left: candidates.length - given.length}
}

/** The bytes of a memory where a session is given it: title and text, and about as much as its other words take. */
function memorySize({title, text, tags, files}: Memory): number {
  return bytesOf([title, text, ...tags, ...files].join('\n')) + 80
}
