import {filesMeet} from './files.ts'
import type {Memory, MemoryRef, MemoryStatus} from './memory.ts'

/** What a search is made at: memories of the same files and with the same tags come earlier. */
export type Surroundings = {files: readonly string[]; tags: readonly string[]; now: number}

/** A list of what one way of searching found, best first. */
export type Found = readonly MemoryRef[]

/** The usual constant of reciprocal rank fusion: how much the first places differ. */
const FUSION = 60
/** What a memory of the same file, or with the same tag, is worth beside the first place of a search, which is worth 1. */
const FILE = 0.4
const TAG = 0.2
const MOST_TAGS = 2
/** What a memory of today is worth, and after how long half of that is left. */
const RECENT = 0.2
const HALF_MS = 30 * 24 * 60 * 60_000

const WEIGHT: Record<MemoryStatus, number> = {active: 1, resolved: 0.8, deprecated: 0.4, superseded: 0.2}

/** Puts memories in order, best first, by their places in what was found and by what they are about; equal ones by age. */
export function ranked(memories: readonly Memory[], found: readonly Found[], surroundings: Surroundings): Memory[] {
  const places = found.map(list => new Map(list.map((ref, place) => [ref, place])))
  const scored = memories.map(memory => ({memory, score: scoreOf(memory, places, surroundings)}))
  return scored
    .toSorted((a, b) => b.score - a.score || b.memory.updatedAt - a.memory.updatedAt || newerRef(a.memory, b.memory))
    .map(({memory}) => memory)
}

/** Reciprocal rank fusion, such that the first place in all lists is worth 1. */
export function fused(ref: MemoryRef, places: readonly ReadonlyMap<MemoryRef, number>[]): number {
  if (places.length === 0) return 0
  const sum = places.reduce((total, list) => {
    const place = list.get(ref)
    return place === undefined ? total : total + FUSION / (FUSION + place)
  }, 0)
  return sum / places.length
}

function scoreOf(
  memory: Memory,
  places: readonly ReadonlyMap<MemoryRef, number>[],
  {files, tags, now}: Surroundings,
): number {
  const sameFile = memory.files.some(file => files.some(other => filesMeet(file, other)))
  const sameTags = memory.tags.filter(tag => tags.includes(tag)).length
  const recent = 0.5 ** (Math.max(0, now - memory.updatedAt) / HALF_MS)
  const about = (sameFile ? FILE : 0) + Math.min(sameTags, MOST_TAGS) * TAG
  return (fused(memory.ref, places) + about + RECENT * recent) * WEIGHT[memory.status]
}

function newerRef(a: Memory, b: Memory): number {
  const number = ({ref}: Memory) => Number(ref.replace('g', ''))
  return number(b) - number(a) || (a.ref < b.ref ? -1 : 1)
}
