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

/** A moment for people, by the minute: `2026-11-21 13:30 UTC`. `end`: of the minute that it is in, as something lasts until it. */
export function utcMinute(at: number, {end = false}: {end?: boolean} = {}): string {
  const shown = new Date(end ? Math.ceil(at / MINUTE_MS) * MINUTE_MS : at)
  return `${shown.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
