import PQueue from 'p-queue'
import type {Log} from '../../base/log.ts'

/** Requests that make or change something others see. */
export type ContentLimit = {perMinute: number; perHour: number}

/** What GitHub lets one account make before it refuses for a while. */
export const GITHUBS_CONTENT: ContentLimit = {perMinute: 80, perHour: 500}

/**
 * Lets a writing request begin when there is room for it in the minute and the hour before it; reads pass at once.
 * `limit` null: all do. `secondMs`: milliseconds of one second.
 */
export function contentLimiter(options: {limit: ContentLimit | null; secondMs: number; log: Log}) {
  const {limit, secondMs, log} = options
  if (!limit) return <T>(_route: string, send: () => Promise<T>): Promise<T> => send()
  const window = (intervalCap: number, seconds: number) =>
    new PQueue({interval: seconds * secondMs, intervalCap, strict: true})
  const minute = window(limit.perMinute, 60)
  const hour = window(limit.perHour, 60 * 60)

  /** The hour's room is taken first, so that a request that waits for it takes no room of the minute. */
  return async <T>(route: string, send: () => Promise<T>): Promise<T> => {
    if (!writes(route)) return send()
    if (minute.isRateLimited || hour.isRateLimited) log.warn('a write waits for its turn at GitHub', {route})
    await hour.add(async () => {})
    await minute.add(async () => {})
    return send()
  }
}

/** `POST /repos/…`, `mutation name`. */
function writes(route: string): boolean {
  return !/^(GET|HEAD|query|GraphQL)\b/.test(route)
}
