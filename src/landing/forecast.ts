import type {RadarPlace} from '../model/decide/radar-places.ts'
import type {RadarGateway} from '../model/gateways/radar.ts'
import type {Conflict, ConflictSide} from '../model/radar/conflict.ts'
import {
  conflictsOf,
  emptyForecast,
  type Forecast,
  pairKey,
  pruned,
  type RadarSide,
  untriedCommits,
  untriedPairs,
} from '../model/radar/forecast.ts'

/** What was found at a look, and what the next look needs to try nothing twice. */
export type Look = {
  sides: readonly ConflictSide[]
  conflicts: readonly Conflict[]
  known: Forecast
  tried: readonly RadarSide[]
  /** Worktrees that count with their commits alone, as git has not ended in them. */
  silent: readonly string[]
}

/** Reads what each place holds now and finds what does not merge. `known`: of the last look; null: none yet. */
export async function findConflicts(
  radar: RadarGateway,
  places: readonly RadarPlace[],
  known: Forecast | null,
): Promise<Look> {
  const {tried, silent} = await sidesOf(radar, places)
  const next = await forecast(radar, tried, known)
  const byKey = new Map(places.map(({side}) => [side.key, side]))
  const conflicts = conflictsOf(next, tried).map(({one, other, files, committed}) => ({
    one: byKey.get(one)!,
    other: other === null ? null : byKey.get(other)!,
    files,
    committed,
  }))
  // What changes nothing on main is no side: a branch that landed, a worktree in which nothing was done.
  const sides = tried.filter(({commit}) => (next.onto.get(commit)?.changes ?? []).length > 0)
  return {sides: sides.map(({key}) => byKey.get(key)!), conflicts, known: next, tried, silent}
}

/**
 * What each place holds now. A worktree that cannot be read counts with the commit that it is at; a place whose commit is not
 * here is left out.
 */
async function sidesOf(
  radar: RadarGateway,
  places: readonly RadarPlace[],
): Promise<{tried: RadarSide[]; silent: readonly string[]}> {
  const {held, silent} = await radar.contents(places.flatMap(({worktree}) => (worktree === null ? [] : [worktree])))
  const contentOf = ({worktree}: RadarPlace) => (worktree === null ? undefined : held.get(worktree))
  const heads = places.flatMap(place => (contentOf(place) === undefined && place.head !== null ? [place.head] : []))
  const present = new Set(await radar.present(heads))
  const tried = places.flatMap(place => {
    const {side, head} = place
    const content = contentOf(place)
    if (content !== undefined) return [{key: side.key, ...content}]
    return head !== null && present.has(head) ? [{key: side.key, head, commit: head}] : []
  })
  return {tried, silent}
}

/**
 * Tries what was not tried before and gives all that is known of the sides. `known`: the last answer; null: none yet.
 * A look at unchanged sides starts no process, once main was fetched.
 */
export async function forecast(
  radar: RadarGateway,
  sides: readonly RadarSide[],
  known: Forecast | null,
): Promise<Forecast> {
  const main = await radar.main()
  const before = known?.main === main ? pruned(known, sides) : emptyForecast(main)
  const commits = untriedCommits(before, sides)
  const landed = await radar.ontoMain(main, commits)
  const onto = new Map([...before.onto, ...commits.map((commit, index) => [commit, landed[index]!] as const)])
  const pairs = untriedPairs({...before, onto}, sides)
  const merges = await radar.merge(pairs)
  const tried = pairs.map((pair, index) => [pairKey(pair), merges[index]!] as const)
  return {main, onto, pairs: new Map([...before.pairs, ...tried])}
}
