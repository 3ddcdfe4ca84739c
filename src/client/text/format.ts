export {money} from '../../model/data/usage.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WEEK = 7 * DAY

/** Time since, compact: `12s`, `3m`, `2h`, `5d`, `3w`. A clock that runs ahead gives `0s`. */
export function age(since: number, now: number): string {
  const ms = Math.max(0, now - since)
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h`
  if (ms < 2 * WEEK) return `${Math.floor(ms / DAY)}d`
  return `${Math.floor(ms / WEEK)}w`
}

/** Time until, as a clock counts down: `04:12`, `1:04:12`. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.round((until - now) / SECOND))
  const pad = (value: number) => String(value).padStart(2, '0')
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest}`
}

/** Time of day of the machine: `09:46`. */
export function timeOfDay(at: number): string {
  const date = new Date(at)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}

/** Day and time of day of the machine: `2026-11-21 09:46`. */
export function dateTime(at: number): string {
  const date = new Date(at)
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${timeOfDay(at)}`
}
