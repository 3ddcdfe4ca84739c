import {withoutHtmlComments} from '../../base/text.ts'
import type {Merged, Prediction, Terrain} from '../data/main-files.ts'

/** More of a text is seldom read by anybody. */
const TEXT_LENGTH = 20_000
/** No path that is meant for people is longer, and patterns stay quick on what is no path. */
const PATH_LENGTH = 300
const TOKEN = /[\p{L}\p{N}_.@/+~-]+/gu
/** How a file looks that need not exist yet. */
const FILE = /^(?:[^/]+\/)+[^/]*[^/.]\.[A-Za-z0-9]{1,8}$/
const WORD = /[\p{L}\p{N}]{3,}/gu
const EMPTY_WORDS = new Set([
  ...['add', 'adds', 'all', 'and', 'any', 'are', 'but', 'can', 'fix', 'fixes', 'for', 'from', 'has', 'have', 'into'],
  ...['its', 'make', 'new', 'not', 'now', 'one', 'out', 'remove', 'should', 'some', 'the', 'this', 'that', 'use'],
  ...['when', 'where', 'with', 'without', 'work', 'works'],
])
/** Titles are alike when they share two words and half of all. */
const SHARED_WORDS = 2
const ALIKE = 0.5
/** Of those that are alike, the nearest say where the work is. */
const NEAREST = 3
/** A change of more files than this says nothing about the next one. */
const BROAD = 30
/** What a quarter of all changes touch, a changelog say, or have in their titles is no mark of any of them. */
const COMMON_SHARE = 0.25
const COMMON_FROM = 8

/** Prepares what predictions ask for. `merged` is newest first. Pure. */
export function survey(files: readonly string[], merged: readonly Merged[]): Terrain {
  const names = new Map<string, string | null>()
  const folders = new Set<string>()
  for (const path of files) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    names.set(name, names.has(name) ? null : path)
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.add(path.slice(0, end))
  }
  const known = new Set(files)
  const common = commonPaths(merged)
  const words = indexWords(merged)
  const kept = merged.map(({title, paths}) => {
    const telling = paths.length > BROAD ? [] : paths.filter(path => known.has(path) && !common.has(path))
    return {title, paths: telling, words: tellingWords(title, words).length}
  })
  return {files: known, folders, names, merged: kept, words}
}

function indexWords(merged: readonly Merged[]): Terrain['words'] {
  const words = new Map<string, number[]>()
  for (const [index, {title}] of merged.entries()) {
    for (const word of wordsOf(title)) {
      const places = words.get(word)
      if (places) places.push(index)
      else words.set(word, [index])
    }
  }
  return new Map([...words].map(([word, places]) => [word, isCommon(places.length, merged) ? null : places]))
}

/**
 * Paths that an issue names, and those that its nearest kin among what landed touched. `terrain` null: main is not
 * known, so only names that look like paths count. Pure.
 */
export function predictPaths({title, body}: {title: string; body: string}, terrain: Terrain | null): Prediction[] {
  const named = namedPaths(`${title}\n${body}`, terrain)
  const found = new Map<string, Prediction>()
  for (const path of named) found.set(path, {path, named: true, reason: 'named in its text'})
  for (const kin of terrain ? nearest(title, terrain) : []) {
    for (const path of kin.paths) {
      if (!found.has(path)) found.set(path, {path, named: false, reason: `touched by "${kin.title}"`})
    }
  }
  return [...found.values()]
}

function namedPaths(text: string, terrain: Terrain | null): Set<string> {
  const paths = new Set<string>()
  for (const token of withoutHtmlComments(text.slice(0, TEXT_LENGTH)).match(TOKEN) ?? []) {
    if (token.length > PATH_LENGTH || !(token.includes('.') || token.includes('/'))) continue
    // A link to a file on the forge, a path from the root, the end of a sentence.
    const path = token.replace(/^.*\/blob\/[^/]+\//, '').replace(/^\.?\/+|[./]+$/g, '')
    const known = terrain === null ? (FILE.test(path) ? path : undefined) : knownPath(path, terrain)
    if (known !== undefined) paths.add(known)
  }
  return paths
}

/** The file itself, the only one of that name, or a new one in a folder that is there. */
function knownPath(path: string, {files, folders, names}: Terrain): string | undefined {
  if (!path.includes('.') && !path.includes('/')) return undefined
  if (files.has(path)) return path
  if (!path.includes('/')) return names.get(path) ?? undefined
  return FILE.test(path) && folders.has(path.slice(0, path.lastIndexOf('/'))) ? path : undefined
}

function nearest(title: string, {merged, words}: Terrain): Merged[] {
  const own = tellingWords(title, words)
  const shared = new Map<number, number>()
  for (const word of own) {
    for (const index of words.get(word) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1)
  }
  return [...shared]
    .filter(([, count]) => count >= SHARED_WORDS)
    .map(([index, count]) => ({index, alike: (2 * count) / (own.length + merged[index]!.words)}))
    .filter(({alike}) => alike >= ALIKE)
    .sort((a, b) => b.alike - a.alike || a.index - b.index)
    .slice(0, NEAREST)
    .map(({index}) => merged[index]!)
}

/** Words that say what a title is about; a plural is its singular. */
function wordsOf(title: string): Set<string> {
  const words: string[] = title.toLowerCase().match(WORD) ?? []
  return new Set(words.filter(word => !EMPTY_WORDS.has(word)).map(word => word.replace(/(?<=...)s$/, '')))
}

function tellingWords(title: string, words: Terrain['words']): string[] {
  return [...wordsOf(title)].filter(word => words.get(word) !== null)
}

function isCommon(count: number, merged: readonly Merged[]): boolean {
  return merged.length >= COMMON_FROM && count > merged.length * COMMON_SHARE
}

function commonPaths(merged: readonly Merged[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const {paths} of merged) for (const path of paths) counts.set(path, (counts.get(path) ?? 0) + 1)
  return new Set([...counts].flatMap(([path, count]) => (isCommon(count, merged) ? [path] : [])))
}
