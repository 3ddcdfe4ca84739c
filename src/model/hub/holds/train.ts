import type {Standing} from '../instance.ts'
import type {Mail} from '../mail.ts'
import {resourceOf} from './reservation.ts'
import {wildcardsMeet} from './wildcards.ts'

/** A blocker on pushes to main by somebody whom the train obeys. */
export type HeldMain = {message: number; by: string; why: string; until: number}

type Sender = {peer: {id: string}; standing: Standing}

/**
 * The blocker that holds main of a project, as far as the train obeys it: that of a person, or of a session that somebody
 * started by hand. A supervised agent's does not count, since an agent must not steer what lands, nor that of a session
 * which is not known. null: nothing holds it.
 */
export function heldMain(options: {
  /** Those that hold now. */
  blockers: readonly Mail[]
  seen: readonly Sender[]
  project: string
  branch: string
  now: number
}): HeldMain | null {
  const {blockers, seen, project, branch, now} = options
  const found = blockers
    .filter(mail => holdsMain(mail, project, branch) && isObeyed(mail, seen) && now < mail.expiresAt)
    .toSorted((a, b) => b.expiresAt - a.expiresAt || a.id - b.id)[0]
  if (found === undefined) return null
  return {message: found.id, by: found.from, why: found.text, until: found.expiresAt}
}

/** Whether the id is that of an agent, or of a program in its pane: these have an `@`, which no other session gets. */
export function isSupervised(instance: string): boolean {
  return instance.includes('@')
}

function holdsMain(mail: Mail, project: string, branch: string): boolean {
  const resource = resourceOf(mail.resource ?? '')
  if (resource.kind !== 'push' || !wildcardsMeet(resource.branch, branch)) return false
  return mail.project === null ? mail.to === project : mail.project === project
}

function isObeyed({instance}: Mail, seen: readonly Sender[]): boolean {
  if (instance === null) return true
  if (isSupervised(instance)) return false
  return seen.some(({peer, standing}) => peer.id === instance && standing !== 'gone')
}
