import {basename} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import type {Clock} from '../../base/clock.ts'
import {ClambakeError, type ErrorData, toErrorData} from '../../base/errors.ts'
import {latestOnly} from '../../base/latest.ts'
import type {Log} from '../../base/log.ts'
import {findConflicts} from '../../landing/forecast.ts'
import type {Fact} from '../../model/core/facts.ts'
import type {State} from '../../model/core/state.ts'
import {needsHeads, type RadarPlace, radarPlaces} from '../../model/decide/radar-places.ts'
import type {GitGateway} from '../../model/gateways/git.ts'
import type {RadarGateway} from '../../model/gateways/radar.ts'
import type {ConflictSide} from '../../model/radar/conflict.ts'
import {type Forecast, type RadarSide, triedMerge} from '../../model/radar/forecast.ts'
import {MOST_FILES, type Places, placesIn} from '../../model/radar/hunks.ts'
import {intervalAfter, LEAST_MS} from '../../model/radar/look-interval.ts'
import {holdsSlot, TICKET_STATES} from '../../model/ticket/states.ts'

/** After a failure it looks again without a change. */
const AGAIN_MS = 30_000
/** Looks after which what was written for them is deleted, and everything is tried again. */
const LOOKS_KEPT = 2_000
/** Facts after which a branch or a worktree has changed. */
const MOVING: readonly Fact['type'][] = ['restored', 'workInspected', 'ticketBottled']
/** Facts that say where main and branches are. They come again and again, and most say what was known before. */
const SEEING: readonly Fact['type'][] = ['githubSeen', 'pullSeen']

/**
 * Looks for what does not merge: each side with main and with every other one, with what is not committed. Reports to
 * the decisions what changed, and the paths that running agents change.
 */
export function watchRadar(options: {
  git: Pick<GitGateway, 'openRadar' | 'worktrees' | 'localHeads'>
  state: () => State
  clock: Clock
  log: Log
  dispatch: (fact: Fact) => void
  /** Called with why no conflict can be seen, and with null once a look succeeds. */
  onTrouble: (error: ErrorData | null) => void
}) {
  const {git, clock, log, dispatch, onTrouble} = options
  let radar: RadarGateway | null = null
  let known: Forecast | null = null
  let tried: readonly RadarSide[] = []
  let sides: ReadonlyMap<string, ConflictSide> = new Map()
  let looks = 0
  /** Worktrees in which git had not ended at the last look: once may be the load of the machine. */
  let silent: readonly string[] = []
  /** The next look at what agents edit is not before this, on the clock that never jumps. */
  let notBefore = Number.NEGATIVE_INFINITY
  /** The next look after a fact without news is not before this. */
  let notAgainBefore = Number.NEGATIVE_INFINITY
  let next: (Disposable & {at: number}) | null = null
  /** Where main and all sides were at the last fact that told of them. */
  let seenAt: string | null = null
  let ended = false

  async function look(state: State): Promise<void> {
    if (ended) return
    const began = clock.monotonic()
    notAgainBefore = began + LEAST_MS
    const worktrees = await git.worktrees()
    const heads = needsHeads(state, worktrees) ? await git.localHeads() : new Map<string, string>()
    const places = radarPlaces(state, {worktrees, heads})
    if (places.length === 0 && state.radar.sides.length === 0) {
      onTrouble(null)
      return reportChanges(places)
    }
    radar ??= git.openRadar()
    if (++looks % LOOKS_KEPT === 0) {
      radar.forget()
      known = null
    }
    const found = await findConflicts(radar, places, known)
    known = found.known
    tried = found.tried
    sides = new Map(found.sides.map(side => [side.key, side]))
    const took = clock.monotonic() - began
    notBefore = began + took + intervalAfter(took)
    const seen = {sides: found.sides, conflicts: found.conflicts}
    const before = state.radar
    const same =
      isDeepStrictEqual(seen.sides, before.sides) &&
      isDeepStrictEqual(
        seen.conflicts,
        before.conflicts.map(({since: _, ...conflict}) => conflict),
      )
    if (!same && !ended) dispatch({type: 'conflictsSeen', ...seen})
    reportChanges(places)
    const stillSilent = found.silent.filter(path => silent.includes(path))
    silent = found.silent
    onTrouble(stillSilent.length === 0 ? null : unread(stillSilent))
  }

  /** Tells which paths the tickets of running agents change; what a place could not be read for stays as it was. */
  function reportChanges(places: readonly RadarPlace[]): void {
    const {tickets, changes: before} = options.state()
    const running = Object.values(tickets).filter(holdsSlot)
    const changes: Record<number, readonly string[]> = {}
    for (const {issue} of running.map(({context}) => context)) {
      const key = places.find(({side, worktree}) => side.ticket === issue && worktree !== null)?.side.key
      if (key === undefined) continue
      const read = tried.find(side => side.key === key)
      changes[issue] = read ? pathsOf(read.commit) : (before[issue] ?? [])
    }
    if (!isDeepStrictEqual(changes, before) && !ended) dispatch({type: 'changesSeen', changes})
  }

  /** What a commit changes on main, as of the last look: both names of what it renames. */
  function pathsOf(commit: string): string[] {
    const changes = known?.onto.get(commit)?.changes ?? []
    return [...new Set(changes.flatMap(({path, from}) => (from === null ? [path] : [path, from])))].sort()
  }

  const soon = latestOnly(look, error => {
    known = null
    // Its folder may have been removed, as cleaners of temporary folders do: the next look makes another.
    radar?.[Symbol.dispose]()
    radar = null
    const data = toErrorData(error)
    log.warn('cannot look for conflicts', {error: data})
    if (ended) return
    onTrouble({...data, message: `Conflicts are not looked for: ${data.message}`})
    later(clock.monotonic() + AGAIN_MS)
  })

  /** Looks once at a time, or at once where that is past. */
  function later(at: number): void {
    if (next !== null && next.at <= at) return
    next?.[Symbol.dispose]()
    const timer = clock.after(Math.max(0, at - clock.monotonic()), () => {
      next = null
      soon(options.state())
    })
    next = {at, [Symbol.dispose]: () => timer[Symbol.dispose]()}
  }

  /** The places in which a conflict's files conflict; a conflict that is gone has none. */
  async function hunks({one, other}: {one: string; other: string | null}): Promise<Places> {
    const merge = radar && known && triedMerge(known, tried, {one, other})
    if (!radar || !merge) return {hunks: {}, more: 0}
    const paths = merge.files.map(({path}) => path)
    return placesIn(paths, await radar.marked(merge.tree, paths.slice(0, MOST_FILES)))
  }

  /** The other sides that change a path, as of the last look; no git is asked. */
  function touching(path: string, ticket: number): ConflictSide[] {
    return tried.flatMap(({key, commit}) => {
      const side = sides.get(key)
      const changes = known?.onto.get(commit)?.changes ?? []
      const isOther = side !== undefined && side.ticket !== ticket
      return isOther && changes.some(change => change.path === path || change.from === path) ? [side] : []
    })
  }

  /** All that the sides change, as of the last look. */
  function changed(): {side: ConflictSide; paths: readonly string[]}[] {
    return tried.flatMap(({key, commit}) => {
      const side = sides.get(key)
      const changes = known?.onto.get(commit)?.changes ?? []
      return side === undefined ? [] : [{side, paths: changes.map(({path}) => path)}]
    })
  }

  return {
    hunks,
    touching,
    changed,
    take(state: State, fact: Fact): void {
      if (MOVING.includes(fact.type)) soon(state)
      else if (SEEING.includes(fact.type)) {
        const before = seenAt
        seenAt = whereabouts(state, fact)
        if (seenAt === before) later(notAgainBefore)
        else soon(state)
      } else if (fact.type === 'agentReported') later(notBefore)
    },
    [Symbol.dispose](): void {
      ended = true
      next?.[Symbol.dispose]()
      radar?.[Symbol.dispose]()
    },
  }
}

/** Says that conflicts of what is not committed in these worktrees are not seen, as git does not end there. */
function unread(worktrees: readonly string[]): ErrorData {
  const names = worktrees.map(path => basename(path)).join(', ')
  return toErrorData(
    new ClambakeError({
      code: 'git-failed',
      // A header shows the beginning.
      message: `Git does not end in ${names}, whose commits alone count for conflicts (${worktrees.join(', ')})`,
      next: "find what it waits for there: a pipe in a file's place (find . -type p), a filter program, a disk",
    }),
  )
}

/** Where main and all that may land are, as the state and a fact tell. */
function whereabouts({main, tickets, foreign, pulls}: State, fact: Fact): string {
  return JSON.stringify([
    fact.type === 'pullSeen' ? (fact.reading.base?.tip ?? main) : main,
    Object.values(tickets).map(({value, context: {issue, branch, worktree, head, pull}}) => [
      issue,
      TICKET_STATES[value].has.work,
      branch,
      worktree,
      head,
      pull,
    ]),
    Object.values(foreign).map(({record: {issue, branch, head}}) => [issue, branch, head]),
    pulls.map(({number, state, head}) => [number, state, head.branch, head.sha]),
  ])
}
