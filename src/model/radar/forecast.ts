import {type Footprint, footprintOf, mayConflict, type PathChange} from './overlap.ts'

/** A path in which two sides conflict, and how git names that: `contents`, `rename/delete`. */
export type ConflictFile = {path: string; kind: string}

/** What git says of merging two commits. */
export type TriedMerge = {
  /** Empty: they merge cleanly. */
  files: readonly ConflictFile[]
  /** The merged files; where they conflict, with the marks of the conflict. */
  tree: string
}

/** What a side would be if it landed now, alone. */
export type OntoMain = TriedMerge & {
  /** The merged files as a commit on top of main. */
  commit: string
  /** What it changes on main. */
  changes: readonly PathChange[]
}

/** Something that may land: an agent's worktree, one made by hand, a pull request. */
export type RadarSide = {
  /** Names it among the others: `#12`, `worktree /home/ada/try`, `pull 31`. */
  key: string
  /** What it holds now, with what is not committed. */
  commit: string
  /** What it has committed; equal to `commit` when there is nothing else. */
  head: string
}

/** Two sides, or one side and main, that do not merge. */
export type RadarConflict = {
  one: string
  /** null: main. */
  other: string | null
  files: readonly ConflictFile[]
  /** Whether what both have committed conflicts too. */
  committed: boolean
}

/**
 * What was tried already: merging is the slow part, and most sides do not change between two looks. Each side is first
 * put on top of main as it is now, then the sides whose changes meet are merged with each other, so that a pair is
 * found exactly if the second of them could not land after the first.
 */
export type Forecast = {
  main: string
  onto: ReadonlyMap<string, OntoMain>
  pairs: ReadonlyMap<string, TriedMerge>
}

/** A forecast in which nothing was tried yet. */
export function emptyForecast(main: string): Forecast {
  return {main, onto: new Map(), pairs: new Map()}
}

/** Commits that were not yet put on top of main. */
export function untriedCommits({onto}: Forecast, sides: readonly RadarSide[]): string[] {
  return [...new Set(sides.flatMap(({commit, head}) => [commit, head]))].filter(commit => !onto.has(commit))
}

/** Two commits to merge with each other. */
export type CommitPair = readonly [string, string]

/** Pairs of commits that may conflict and were not yet merged. Every commit must have been put on top of main. */
export function untriedPairs(forecast: Forecast, sides: readonly RadarSide[]): CommitPair[] {
  const print = footprints(forecast)
  const wanted = new Map<string, CommitPair>()
  for (const [one, other] of pairsOf(sides)) {
    for (const [a, b] of [
      [one.commit, other.commit],
      [one.head, other.head],
    ] as const) {
      if (a === b || !mayConflict(print(a), print(b))) continue
      const pair = triedAs(forecast, a, b)
      const key = pairKey(pair)
      if (!forecast.pairs.has(key)) wanted.set(key, pair)
    }
  }
  return [...wanted.values()]
}

/** All conflicts between the sides, and of them with main. Everything must have been tried. */
export function conflictsOf(forecast: Forecast, sides: readonly RadarSide[]): RadarConflict[] {
  const withMain = sides.flatMap(({key, commit, head}) => {
    const files = forecast.onto.get(commit)?.files ?? []
    const committed = (forecast.onto.get(head)?.files ?? []).length > 0
    return files.length === 0 ? [] : [{one: key, other: null, files, committed}]
  })
  const filesOf = (a: string, b: string) => forecast.pairs.get(pairKey(triedAs(forecast, a, b)))?.files ?? []
  const between = pairsOf(sides).flatMap(([one, other]) => {
    const files = filesOf(one.commit, other.commit)
    if (files.length === 0) return []
    return [{one: one.key, other: other.key, files, committed: filesOf(one.head, other.head).length > 0}]
  })
  return [...withMain, ...between]
}

/** What git said of a side and another one, or main; undefined: it was not tried. */
export function triedMerge(
  forecast: Forecast,
  sides: readonly RadarSide[],
  {one, other}: {one: string; other: string | null},
): TriedMerge | undefined {
  const commitOf = (key: string) => sides.find(side => side.key === key)?.commit ?? ''
  if (other === null) return forecast.onto.get(commitOf(one))
  return forecast.pairs.get(pairKey(triedAs(forecast, commitOf(one), commitOf(other))))
}

/** Names a pair of sides, in whichever order they are given. */
export function pairKey([one, other]: CommitPair): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`
}

/** Forgets what no side needs any more. */
export function pruned(forecast: Forecast, sides: readonly RadarSide[]): Forecast {
  const commits = new Set(sides.flatMap(({commit, head}) => [commit, head]))
  const onto = new Map([...forecast.onto].filter(([commit]) => commits.has(commit)))
  const merged = new Set([...onto].flatMap(([commit, {commit: landed}]) => [commit, landed]))
  const isNeeded = (key: string) => key.split(' ').every(commit => merged.has(commit))
  return {...forecast, onto, pairs: new Map([...forecast.pairs].filter(([key]) => isNeeded(key)))}
}

/** Both on top of main; where one of them conflicts with main, the commits as they are. */
function triedAs({onto}: Forecast, one: string, other: string): CommitPair {
  const [first, second] = [onto.get(one), onto.get(other)]
  if (first?.files.length === 0 && second?.files.length === 0) return [first.commit, second.commit]
  return [one, other]
}

function footprints({onto}: Forecast): (commit: string) => Footprint {
  const known = new Map<string, Footprint>()
  return commit => {
    const print = known.get(commit) ?? footprintOf(onto.get(commit)?.changes ?? [])
    known.set(commit, print)
    return print
  }
}

function pairsOf<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((one, index) => items.slice(index + 1).map((other): [T, T] => [one, other]))
}
