import type {Memory, MemoryDraft} from './memory.ts'
import {wordsOf} from './query.ts'

/** From here on two memories say nearly the same. */
export const NEAR = 0.6

/** How alike two texts are, from 0 to 1, by the groups of three characters in their words. */
export function similarity(one: string, other: string): number {
  const [a, b] = [trigramsOf(one), trigramsOf(other)]
  if (a.size === 0 || b.size === 0) return one === other || (a.size === 0 && b.size === 0) ? 1 : 0
  let common = 0
  for (const trigram of a) if (b.has(trigram)) common++
  return (2 * common) / (a.size + b.size)
}

/** The memories that say nearly what a draft says, the most alike first. */
export function duplicatesOf(draft: MemoryDraft, memories: readonly Memory[]): {memory: Memory; alike: number}[] {
  return memories
    .map(memory => ({memory, alike: likeness(draft, memory)}))
    .filter(({alike}) => alike >= NEAR)
    .toSorted((a, b) => b.alike - a.alike || b.memory.updatedAt - a.memory.updatedAt)
}

/** Two texts that differ in a number or a name are alike as texts, and so are two titles; what is alike in both counts. */
function likeness(draft: Pick<Memory, 'title' | 'text'>, memory: Memory): number {
  return similarity(`${draft.title}\n${draft.text}`, `${memory.title}\n${memory.text}`)
}

function trigramsOf(text: string): Set<string> {
  const trigrams = new Set<string>()
  for (const word of wordsOf(text)) {
    const padded = `  ${word} `
    for (let n = 0; n + 3 <= padded.length; n++) trigrams.add(padded.slice(n, n + 3))
  }
  return trigrams
}
