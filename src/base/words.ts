import {figure} from './text.ts'

/** `1 commit`, `1,200 commits`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${figure(amount)} ${amount === 1 ? noun : plural}`
}

/** The first seven digits of a commit's SHA. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7)
}

const MINUTE_MS = 60_000

/** A limit of time or a wait for people: `15 minutes`, `90 seconds`. Long ones are rounded to minutes. */
export function span(ms: number): string {
  const isOfMinutes = ms > 0 && (ms % MINUTE_MS === 0 || ms >= 10 * MINUTE_MS)
  return isOfMinutes ? count(Math.round(ms / MINUTE_MS), 'minute') : count(Math.round(ms / 100) / 10, 'second')
}

/** A moment for people, by the minute: `2026-11-21 13:30 UTC`. `end`: of the minute that it is in, as something lasts until it. */
export function utcMinute(at: number, {end = false}: {end?: boolean} = {}): string {
  const shown = new Date(end ? Math.ceil(at / MINUTE_MS) * MINUTE_MS : at)
  return `${shown.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
