import type {Standing} from '../instance.ts'
import {overlaps} from './overlap.ts'
import {isOfProject, isResource, parseResource, type Resource} from './resource.ts'

/** Files that a session will change for a while: others are asked before they do. */
export type Reservation = {
  id: number
  /** A resource, most often a glob from the project's top folder. */
  pattern: string
  project: string | null
  /** Who has it, as people read it. */
  from: string
  /** The instance that has it; null: a person. */
  instance: string | null
  why: string
  at: number
  expiresAt: number
}

/** How long a reservation is kept when nothing is said. */
export const RESERVED_MS = 2 * 60 * 60_000
export const MAX_RESERVED_MS = 24 * 60 * 60_000
export const MAX_WHY_BYTES = 500

/** The reservations that are kept now: one ends with its time, its release, or its owner. */
export function keptNow(
  reservations: readonly Reservation[],
  standings: ReadonlyMap<string, Standing>,
  now: number,
): Reservation[] {
  return reservations.filter(
    ({instance, expiresAt}) => now < expiresAt && (instance === null || (standings.get(instance) ?? 'gone') !== 'gone'),
  )
}

/** Whether somebody else has it: a person is told from another by the name. */
export function isOfAnother(
  one: {from: string; instance: string | null},
  other: {from: string; instance: string | null},
): boolean {
  return one.instance === null ? other.instance !== null || one.from !== other.from : one.instance !== other.instance
}

/** Whether two may be of one thing: by what they name, and in one project where it is of a project. */
export function areOfOneThing(
  one: {resource: string; project: string | null},
  other: {resource: string; project: string | null},
): boolean {
  const [a, b] = [resourceOf(one.resource), resourceOf(other.resource)]
  if (!overlaps(a, b)) return false
  if (!isOfProject(a) && !isOfProject(b)) return true
  return one.project === null || other.project === null || one.project === other.project
}

/** A resource that an older program stored as any text is a word, so that it still holds something. */
export function resourceOf(text: string): Resource {
  const read = parseResource(text)
  return isResource(read) ? read : {kind: 'word', word: text.trim()}
}
