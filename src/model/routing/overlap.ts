import type {State} from '../core/state.ts'
import type {Candidate} from '../data/candidate.ts'
import type {Prediction} from '../data/main-files.ts'
import {holdsSlot} from '../ticket/states.ts'

/** Paths that are being changed, and by which ticket. */
export type Busy = ReadonlyMap<string, number>

/** Paths shown of a likely conflict. */
const SHOWN = 2

/**
 * What running agents change, as git tells, and what they will, as is predicted of their issues: paths that an issue
 * names until it is done, guesses only until git tells more. Empty where overlaps are not minded.
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

/** As if an agent had begun with the candidate. */
export function noteStart(busy: Map<string, number>, {issue, paths}: Candidate): void {
  noteAll(busy, issue.number, paths)
}

/** `likely conflicts with #12 in src/a.ts`; null: with nobody. */
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

/** The first one stays: who comes later waits for it. */
function note(busy: Map<string, number>, path: string, ticket: number): void {
  if (!busy.has(path)) busy.set(path, ticket)
}
