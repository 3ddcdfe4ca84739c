import {randomUUID} from 'node:crypto'
import type {Clock} from '../base/clock.ts'
import {ClambakeError} from '../base/errors.ts'
import {hasSecret} from '../base/redact.ts'
import {resourceProblem, type Seen, type Sender} from '../model/hub/draft.ts'
import {
  areOfOneThing,
  keptNow,
  MAX_RESERVED_MS,
  MAX_WHY_BYTES,
  RESERVED_MS,
  type Reservation,
  resourceOf,
} from '../model/hub/holds/reservation.ts'
import {resourceText} from '../model/hub/holds/resource.ts'
import {bytesOf, type Mail} from '../model/hub/mail.ts'
import type {HubCall} from './calls.ts'

/** Most patterns of one call. */
const MAX_PATTERNS = 20

/** What a session asks for: `lifeMs` null for as long as reservations are kept. */
export type ReservationDraft = {patterns: readonly string[]; why: string; lifeMs: number | null}

/** Files that sessions keep for a while, so that others are asked before they change them. */
export type Reservations = {
  /** Takes all patterns or none. Throws ClambakeError `reservation-refused`, `resource-held`. */
  reserve(owner: Sender, draft: ReservationDraft): Promise<Reservation[]>
  /** Releases those of the owner with these patterns, or all of its own; gives what it released. */
  release(owner: Sender, patterns: readonly string[] | null): Promise<Reservation[]>
  /** What is reserved now, oldest first. */
  list(): Promise<Reservation[]>
}

export function createReservations(options: {
  call: HubCall
  clock: Clock
  seen: () => Promise<Seen[]>
  blockers: () => Promise<Mail[]>
}): Reservations {
  const {call, clock, seen, blockers} = options
  return {
    async reserve(owner, {patterns, why, lifeMs}) {
      check({patterns, why, lifeMs})
      const names = [...new Set(patterns.map(pattern => resourceText(resourceOf(pattern))))]
      const [now, all, blocked] = [clock.now(), await seen(), await blockers()]
      const blocker = blocked.find(
        mail =>
          (mail.instance === null ? mail.from !== owner.name : mail.instance !== owner.instance) &&
          names.some(resource =>
            areOfOneThing({resource, project: owner.project}, {resource: mail.resource ?? '', project: mail.project}),
          ),
      )
      if (blocker !== undefined)
        throw held(`${blocker.resource} is held by`, blocker.from, blocker.instance, blocker.text)
      const answer = await call('reserve', {
        patterns: names,
        project: owner.project,
        from: owner.name,
        instance: owner.instance,
        why: why.trim(),
        at: now,
        expiresAt: now + (lifeMs ?? RESERVED_MS),
        nonce: randomUUID(),
        gone: all.filter(({standing}) => standing === 'gone').map(({peer}) => peer.id),
      })
      if ('reserved' in answer) return answer.reserved
      const {pattern, from, instance, why: reason} = answer.taken
      throw held(`${pattern} is reserved by`, from, instance, reason)
    },
    async release(owner, patterns) {
      const own = {from: owner.name, instance: owner.instance, at: clock.now()}
      if (patterns === null) return call('release', {...own, ids: null})
      const names = new Set(patterns.map(pattern => resourceText(resourceOf(pattern))))
      const open = await call('reservations', {at: clock.now()})
      return call('release', {...own, ids: open.filter(({pattern}) => names.has(pattern)).map(({id}) => id)})
    },
    async list() {
      const [open, all] = await Promise.all([call('reservations', {at: clock.now()}), seen()])
      return keptNow(open, new Map(all.map(({peer, standing}) => [peer.id, standing])), clock.now())
    },
  }
}

function check({patterns, why, lifeMs}: ReservationDraft): void {
  if (patterns.length === 0 || patterns.length > MAX_PATTERNS) {
    throw refused(`it names ${patterns.length} patterns`, `name between one and ${MAX_PATTERNS}, such as src/cart/**`)
  }
  for (const pattern of patterns) {
    const problem = resourceProblem(pattern)
    if (problem !== null) throw refused(problem.why, problem.next)
  }
  if (bytesOf(why) > MAX_WHY_BYTES) {
    throw refused(`--why has more than ${MAX_WHY_BYTES} bytes, and nothing is ever cut`, 'say it in a few words')
  }
  if (hasSecret(why)) throw refused('it holds what looks like a secret', 'say why without it')
  if (lifeMs !== null && (lifeMs <= 0 || lifeMs > MAX_RESERVED_MS)) {
    throw refused('a reservation is kept for a day at most', 'give --for a time between one second and 24h')
  }
}

function refused(why: string, next: string): ClambakeError {
  return new ClambakeError({
    code: 'reservation-refused',
    message: `nothing was reserved: ${why}`,
    kept: 'what was reserved before stays so',
    next,
  })
}

function held(what: string, from: string, instance: string | null, why: string): ClambakeError {
  return new ClambakeError({
    code: 'resource-held',
    message: `${what} ${from}${why === '' ? '' : `: ${why}`}`,
    kept: 'nothing was reserved',
    next: instance === null ? `ask ${from}, or wait` : `ask for it: clambake send ${instance} --kind request "…"`,
  })
}
