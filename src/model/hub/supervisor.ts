import {count} from '../../base/words.ts'

/**
 * Daemons are registered in the hub beside the sessions, so that the silence of one is seen sooner than its lease ends. This
 * is only shown: the lease alone decides whether its claims are taken over.
 */
const PREFIX = 'supervisor@'

/** How often a daemon shows itself. */
export const SUPERVISOR_BEAT_MS = 30_000
/** After this long without word of a daemon people are told: a few beats may be late. */
export const SUPERVISOR_SILENT_MS = 2 * 60_000

/** A daemon as the hub shows it; `ended`: its process on this machine is no more. */
export type SeenSupervisor = {owner: string; beatAt: number; ended: boolean}

/** What was seen of a daemon by the observer's own clock. */
export type SupervisorSight = {beatAt: number; since: number; ended: boolean}

/** No word of a daemon for `ms`. */
export type Silence = {ms: number; ended: boolean}

export function supervisorId(owner: string): string {
  return `${PREFIX}${owner}`
}

/** The daemon that an instance stands for; null: it is a session. */
export function supervisorOf(id: string): string | null {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : null
}

/** Takes a look into account. Another machine's clock is compared with itself only. */
export function observeSupervisor(
  before: SupervisorSight | undefined,
  {beatAt, ended}: Omit<SeenSupervisor, 'owner'>,
  at: number,
): SupervisorSight {
  return {beatAt, ended, since: before?.beatAt === beatAt ? before.since : at}
}

/** How long there was no word of a daemon; null: not for long, or nothing is known of it. */
export function silenceOf(sight: SupervisorSight | undefined, at: number): Silence | null {
  if (sight === undefined) return null
  const ms = at - sight.since
  return sight.ended || ms >= SUPERVISOR_SILENT_MS ? {ms, ended: sight.ended} : null
}

/** The silence in words that follow `its supervisor`. */
export function silenceText({ms, ended}: Silence): string {
  const minutes = Math.floor(ms / 60_000)
  if (ended) return 'has ended, as the hub shows; its claim stays until its lease ends'
  return `has not been seen by the hub for ${count(minutes, 'minute')}; its claim stays until its lease ends`
}
