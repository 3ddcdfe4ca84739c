import type {State} from '../core/state.ts'
import type {Candidate} from '../data/candidate.ts'
import type {Prediction} from '../data/main-files.ts'
import {holdsSlot} from '../ticket/states.ts'

/** Paths that are being changed, and by which ticket. */
export type Busy = ReadonlyMap<string, number>

/** Paths shown of a likely conflict. */
const SHOWN = 2

/**
 * The paths that running agents change, from git, and those that they will change, as predicted: paths that an issue
 * names count until it is done, guesses only until git has changes. Empty if `avoid_overlap` is off.
 */
export function busyPaths(state: Pick<State, 'config' | 'tickets' | 'queue' | 'changes'>): Map<string, number> {
  const busy = new Map<string, number>()
  if (!state.config.routing.avoid_overlap) return busy
  const running = new Set(
    Object.values(state.tickets)
      .filter(holdsSlot)
      .map(({context}) => context.issue),
  )
  if (running.size === 0) return busy
  for (const ticket of running) for (const path of state.changes[ticket] ?? []) note(busy, path, ticket)
  for (const {issue, paths} of state.queue) {
    if (running.has(issue.number)) noteAll(busy, issue.number, expected(paths, state.changes[issue.number]))
  }
  return busy
}

/** Marks the candidate's paths as busy, as if an agent had started on it. */
export function noteStart(busy: Map<string, number>, {issue, paths}: Candidate): void {
  noteAll(busy, issue.number, paths)
}

/** `likely conflicts with #12 in src/a.ts`; null: with no ticket. */
export function likelyConflict({issue, paths}: Pick<Candidate, 'issue' | 'paths'>, busy: Busy): string | null {
  const shared = paths.filter(({path}) => (busy.get(path) ?? issue.number) !== issue.number)
  const [first] = shared
  if (!first) return null
  const ticket = busy.get(first.path)
  const same = shared.filter(({path}) => busy.get(path) === ticket).map(({path}) => path)
  const more = same.length > SHOWN ? ` and ${same.length - SHOWN} more` : ''
  return `likely conflicts with #${ticket} in ${same.slice(0, SHOWN).join(', ')}${more}`
}

function expected(paths: readonly Prediction[], changes: readonly string[] = []): readonly Prediction[] {
  return changes.length === 0 ? paths : paths.filter(({named}) => named)
}

function noteAll(busy: Map<string, number>, ticket: number, paths: readonly Prediction[]): void {
  for (const {path} of paths) note(busy, path, ticket)
}

/** The first ticket keeps the path: a later one waits for it. */
function note(busy: Map<string, number>, path: string, ticket: number): void {
  if (!busy.has(path)) busy.set(path, ticket)
}
