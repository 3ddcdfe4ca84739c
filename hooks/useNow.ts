import {age, countdown} from '../src/client/text/format.ts'
import {useSlice} from './useClient.ts'

/**
 * Ages of these moments (epoch milliseconds) as texts: `3m`. The component is drawn again when one of the texts
 * changes, which is rarer than every second.
 */
export function useAges(moments: readonly number[]): readonly string[] {
  return useSlice(state => moments.map(since => age(since, state.now)).join(' ')).split(' ')
}

/** The same, to the minute: `now` within the first one. For what changes too often to count its seconds. */
export function useMinutes(moments: readonly number[]): readonly string[] {
  return useSlice(({now}) => moments.map(since => (now - since < MINUTE_MS ? 'now' : age(since, now))).join(' ')).split(
    ' ',
  )
}

const MINUTE_MS = 60_000

/** Age of one moment. */
export function useAge(since: number): string {
  return useSlice(state => age(since, state.now))
}

/** Time left until a moment, as a clock that counts down; null: no such moment. */
export function useCountdown(until: number | null): string | null {
  return useSlice(state => (until === null ? null : countdown(until, state.now)))
}

/** After this, a person wonders whether to stay. */
export const LONG_WAIT_MS = 10_000

/** Whether more than `ms` have passed since a moment. */
export function useIsLonger(since: number, ms: number): boolean {
  return useSlice(state => state.now - since > ms)
}
